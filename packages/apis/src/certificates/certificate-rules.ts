/** CertificateSigningRequests. */
import type { CertificateSigningRequest } from '../gen/types/certificates/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { certificateSigningRequestCells } from '../printing/other-cells.ts';

export const certificateSigningRequestRules: KindRules<CertificateSigningRequest> = {
  cells: certificateSigningRequestCells,
  setDefaults({ spec }) {
    if (spec !== undefined) spec.usages ??= ['digital signature', 'key encipherment'];
  },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
};
