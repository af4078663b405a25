/**
 * Where objects are in the store: `/registry/<group or core>/<resource>/[<namespace>/]<name>`.
 *
 * One prefix a resource, ordered by namespace and name, which is also the order of lists.
 */
import type { GroupResource } from '@kindred/machinery';

/** Everything that the API server stores is under this prefix. */
export const registryPrefix = '/registry/';

/** Which object of a resource. `namespace` is empty for cluster-scoped ones. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** An object's name, and its path: made once, and shared by all that keep it. */
export interface ObjectPlace extends ObjectName {
  readonly path: string;
}

/** `/registry/apps/deployments/`; the legacy group is called `core`. */
export function resourcePrefix({ group, resource }: GroupResource): string {
  return `${registryPrefix}${group === '' ? 'core' : group}/${resource}/`;
}

/** The resource that a key belongs to, and the object's name; undefined for keys of another shape. */
export function parseStorageKey(key: string): { prefix: string; resource: GroupResource; at: ObjectName } | undefined {
  if (!key.startsWith(registryPrefix)) return undefined;
  const groupEnd = key.indexOf('/', registryPrefix.length);
  const resourceEnd = groupEnd < 0 ? -1 : key.indexOf('/', groupEnd + 1);
  if (resourceEnd < 0) return undefined;
  const group = key.slice(registryPrefix.length, groupEnd);
  return {
    prefix: key.slice(0, resourceEnd + 1),
    resource: { group: group === 'core' ? '' : group, resource: key.slice(groupEnd + 1, resourceEnd) },
    at: parseObjectPath(key.slice(resourceEnd + 1)),
  };
}

/** `default/web` or, for a cluster-scoped object, `web`: the key without its resource's prefix. */
export function objectPath({ namespace, name }: ObjectName): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The other way round. */
function parseObjectPath(path: string): ObjectName {
  const slash = path.indexOf('/');
  return slash < 0 ? { namespace: '', name: path } : { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}
