/** Services: defaults, validation, columns. */
import type { Service } from '../../gen/types/core/v1.ts';
import type { KindRules } from '../../kind-rules.ts';
import { dns1035Label } from '../../meta/names.ts';
import { setServiceDefaults } from './service-defaults.ts';

export const serviceRules: KindRules<Service> = {
  nameRule: dns1035Label,
  allowCreateOnUpdate: true,
  setDefaults: setServiceDefaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
  },
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
};
