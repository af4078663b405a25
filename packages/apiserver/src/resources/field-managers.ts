/**
 * Who owns which field: every write that is no apply is recorded in `metadata.managedFields` ("Server-Side Apply: field
 * management", Kubernetes documentation).
 */
import {
  deepCopy,
  exceptStatus,
  type FieldFilter,
  formatTime,
  onlyStatus,
  type TrackUpdateOptions,
  trackUpdate,
} from '@kindred/machinery';
import { versionConverter } from './other-versions.ts';
import type { Write } from './write.ts';

/** The step of a write that settles managedFields. Apply has done so itself. */
export function trackFieldManager(write: Write): void {
  if (write.applied) return;
  const { request, options, object, subresource } = write;
  const { resource, server } = request;
  const { live, updated } = seenByRequest(write);
  const managers = trackUpdate({
    live,
    updated,
    schema: resource.definition.mergeSchema,
    apiVersion: resource.apiVersion,
    manager: options.fieldManager,
    convert: versionConverter(server.registry, resource),
    subresource,
    now: formatTime(server.clock.now()),
    filter: filterOf(write),
  });
  if (managers.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = managers;
}

/** Where the status is a subresource, it is written and owned apart from the rest. */
function filterOf({ working, subresource }: Write): FieldFilter | undefined {
  const statusApart = working.definition.subresources.some(({ name }) => name === 'status');
  if (!statusApart) return undefined;
  return subresource === 'status' ? onlyStatus : exceptStatus;
}

/** Fields are owned in the version that the client wrote, which need not be the one that the write works in. */
function seenByRequest({ request, working, object, current }: Write): Pick<TrackUpdateOptions, 'live' | 'updated'> {
  const { resource } = request;
  if (working === resource) return { live: current?.object, updated: object };
  return {
    live: current === undefined ? undefined : resource.read(current.stored),
    updated: resource.fromStorage(deepCopy(object)),
  };
}
