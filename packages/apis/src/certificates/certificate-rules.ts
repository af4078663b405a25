/** CertificateSigningRequests. */
import type { CertificateSigningRequest } from '../gen/types/certificates/v1.ts';
import type { KindRules } from '../kind-rules.ts';

export const certificateSigningRequestRules: KindRules<CertificateSigningRequest> = {
  setDefaults({ spec }) {
    if (spec !== undefined) spec.usages ??= ['digital signature', 'key encipherment'];
  },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
};
