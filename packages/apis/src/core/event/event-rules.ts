/** Events of core/v1, the stored form of all events. */
import type { Event } from '../../gen/types/core/v1.ts';
import type { KindRules } from '../../kind-rules.ts';
import { validateEvent } from '../../validation/small-kinds.ts';
import { eventCells } from '../core-cells.ts';

export const eventRules: KindRules<Event> = {
  allowCreateOnUpdate: true,
  setDefaults(event) {
    // One fact under two names: the older recorder writes `source`, the newer one `reportingComponent`.
    if (event.reportingComponent === undefined || event.reportingComponent === '') {
      event.reportingComponent = event.source?.component ?? '';
    }
    event.reportingInstance ??= event.source?.host ?? '';
  },
  validate: validateEvent,
  cells: eventCells,
  selectableFields: (event) => ({
    'involvedObject.kind': event.involvedObject?.kind ?? '',
    'involvedObject.namespace': event.involvedObject?.namespace ?? '',
    'involvedObject.name': event.involvedObject?.name ?? '',
    'involvedObject.uid': event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': event.involvedObject?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
};
