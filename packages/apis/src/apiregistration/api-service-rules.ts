/** APIServices: which server answers for a group and version. */
import { checkPathSegment } from '@kindred/machinery';
import type { APIService } from '../gen/types/apiregistration/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { apiServiceCells } from '../printing/other-cells.ts';
import { stringColumns } from '../printing/string-columns.ts';
import { validateApiService } from './validate-api-service.ts';

export const apiServiceRules: KindRules<APIService> = {
  allowUnconditionalUpdate: false,
  categories: ['api-extensions'],
  columns: stringColumns('Name', 'Service', 'Available', 'Age'),
  nameCheck: checkPathSegment,
  validate: validateApiService,
  cells: apiServiceCells,
  setDefaults({ spec }) {
    if (spec?.service !== undefined) spec.service.port ??= 443;
  },
};
