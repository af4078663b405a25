/**
 * Who owns which field: every write that is no apply is recorded in `metadata.managedFields` ("Server-Side Apply: field
 * management", Kubernetes documentation).
 */
import { exceptStatus, formatTime, onlyStatus, trackUpdate } from '@kindred/machinery';
import type { Write } from './write.ts';

/** The step of a write that settles managedFields. Apply has done so itself. */
export function trackFieldManager({ request, options, working, object, current, subresource, applied }: Write): void {
  if (applied) return;
  const hasStatus = working.definition.subresources.some(({ name }) => name === 'status');
  const managers = trackUpdate({
    live: current?.object,
    updated: object,
    schema: working.definition.mergeSchema,
    manager: options.fieldManager,
    apiVersion: working.apiVersion,
    subresource,
    now: formatTime(request.server.clock.now()),
    ...(hasStatus ? { filter: subresource === 'status' ? onlyStatus : exceptStatus } : {}),
  });
  if (managers.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = managers;
}
