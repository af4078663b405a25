/**
 * Who owns which field: every write that is no apply is recorded in `metadata.managedFields` ("Server-Side Apply: field
 * management", Kubernetes documentation).
 */
import {
  deepCopy,
  exceptStatus,
  formatTime,
  onlyStatus,
  type TrackUpdateOptions,
  trackUpdate,
  type Unstructured,
} from '@kindred/machinery';
import { versionConverter } from './other-versions.ts';
import type { Write } from './write.ts';

/** The step of a write that settles managedFields. Apply has done so itself. */
export function trackFieldManager({ request, options, working, object, current, subresource, applied }: Write): void {
  if (applied) return;
  const hasStatus = working.definition.subresources.some(({ name }) => name === 'status');
  const { resource, server } = request;
  const managers = trackUpdate({
    ...seenByRequest(request, working, object, current),
    manager: options.fieldManager,
    convert: versionConverter(server.registry, resource),
    subresource,
    now: formatTime(server.clock.now()),
    ...(hasStatus ? { filter: subresource === 'status' ? onlyStatus : exceptStatus } : {}),
  });
  if (managers.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = managers;
}

/** Fields are owned in the version that the client wrote, which need not be the one that the write works in. */
function seenByRequest(
  { resource }: Write['request'],
  working: Write['working'],
  object: Unstructured,
  current: Write['current'],
): Pick<TrackUpdateOptions, 'live' | 'updated' | 'schema' | 'apiVersion'> {
  const { apiVersion, definition } = resource;
  const view = { schema: definition.mergeSchema, apiVersion };
  if (working === resource) return { ...view, live: current?.object, updated: object };
  return {
    ...view,
    live: current === undefined ? undefined : resource.read(current.stored),
    updated: resource.fromStorage(deepCopy(object)),
  };
}
