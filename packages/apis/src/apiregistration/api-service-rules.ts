/** APIServices: which server answers for a group and version. */
import type { APIService } from '../gen/types/apiregistration/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { apiServiceCells } from '../printing/other-cells.ts';
import { stringColumns } from '../printing/string-columns.ts';

export const apiServiceRules: KindRules<APIService> = {
  allowUnconditionalUpdate: false,
  columns: stringColumns('Name', 'Service', 'Available', 'Age'),
  cells: apiServiceCells,
  setDefaults({ spec }) {
    if (spec?.service !== undefined) spec.service.port ??= 443;
  },
};
