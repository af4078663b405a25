/** Services: defaults, validation, columns. */
import { checkDns1035Label } from '@kindred/machinery';
import type { Service } from '../../gen/types/core/v1.ts';
import type { KindRules } from '../../kind-rules.ts';
import { keepAllocatedFields, settlePrimaryAddress } from './allocated-fields.ts';
import { serviceCells } from './service-cells.ts';
import { setServiceDefaults } from './service-defaults.ts';
import { validateService, validateServiceUpdate } from './service-validation.ts';

export const serviceRules: KindRules<Service> = {
  nameCheck: checkDns1035Label,
  allowCreateOnUpdate: true,
  setDefaults: setServiceDefaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    settlePrimaryAddress(service);
  },
  prepareForUpdate(service, old, subresource) {
    if (subresource !== 'status') keepAllocatedFields(service, old);
  },
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  cells: serviceCells,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
};
