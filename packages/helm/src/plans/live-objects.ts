/** What the objects of a plan are like in the cluster, and whether they still are so. */
import { Namespace } from '@kindred/apis/core/v1';
import { isStatusError, type JsonObject } from '@kindred/machinery';
import { comparable } from '../diff/live-diff.ts';
import { diffObject } from '../diff/object-diff.ts';
import { type Cluster, findLive } from '../resources/cluster.ts';
import { mapInFlight } from '../resources/in-flight.ts';
import { type Resource, resourceLabel } from '../resources/resource.ts';
import type { PlannedObject } from './release-plan.ts';

export function lookAt(cluster: Cluster, resources: readonly Resource[]): Promise<PlannedObject[]> {
  return mapInFlight(resources, async (resource) => {
    const { apiVersion, kind } = resource.object;
    const { namespace, name } = resource;
    const live = await findLive(cluster, resource);
    const there = live === undefined ? {} : { uid: live.metadata.uid, live: comparable(live) };
    return { apiVersion, kind, namespace, name, ...there };
  });
}

/** What has happened to them since, in words: names of fields, never values. */
export async function changesSince(cluster: Cluster, planned: readonly PlannedObject[]): Promise<string[]> {
  const changes = await mapInFlight(planned, async (before) => {
    const { apiVersion, kind: kindName, namespace, name } = before;
    const kind = await cluster.mapper.kindOf(apiVersion, kindName, cluster.signal);
    if (kind === undefined) return before.live === undefined ? [] : [`${kindName} ${name}: its kind is gone`];
    const object = { apiVersion, kind: kindName, metadata: { name, namespace } };
    const resource = { kind, name, namespace, object, source: '' };
    const live = await findLive(cluster, resource);
    const text = change(before, live === undefined ? undefined : { uid: live.metadata.uid, live: comparable(live) });
    return text === undefined ? [] : [`${resourceLabel(resource)} ${text}`];
  });
  return changes.flat();
}

interface Seen {
  readonly uid?: string | undefined;
  readonly live?: JsonObject | undefined;
}

function change(before: Seen, now: Seen | undefined): string | undefined {
  if (before.live === undefined) return now === undefined ? undefined : 'was created';
  if (now === undefined) return 'was deleted';
  const version = (object: JsonObject | undefined) => ({ object: object ?? {}, source: '' });
  const { fields } = diffObject(version(before.live), version(now.live), {});
  const paths = fields.map(({ path }) => path).join(', ');
  if (before.uid !== now.uid) return `was deleted and created again${paths === '' ? '' : ` with another ${paths}`}`;
  return paths === '' ? undefined : `was changed: ${paths}`;
}

export async function namespaceIsThere({ client, signal }: Cluster, name: string): Promise<boolean> {
  try {
    await client.get(Namespace, { name }, { signal });
    return true;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return false;
    // Who may not see it has to take it as it is.
    if (isStatusError(error, 'Forbidden')) return true;
    throw error;
  }
}
