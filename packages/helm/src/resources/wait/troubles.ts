/**
 * Why an object didn't become ready, as far as the cluster tells: its events and those of its pods, and the last lines of
 * containers that fail. Only told where somebody listens; what can't be read is left out.
 */
import { Event, Pod } from '@kindred/apis/core/v1';
import {
  errorText,
  getPath,
  isJsonObject,
  isStatusError,
  type LabelSelectorObject,
  labelSelectorFromObject,
  type Observed,
  type Unstructured,
} from '@kindred/machinery';
import { type Cluster, findLive } from '../cluster.ts';
import type { Resource } from '../resource.ts';
import { troubledContainers } from '../status/pod-status.ts';
import type { Watched } from './watch-statuses.ts';

/** Newest events of one object that are told. */
const MAX_EVENTS = 10;
/** Pods of one object that are looked at. */
const MAX_PODS = 3;
const LOG_LINES = 20;

export async function reportTroubles(cluster: Cluster, left: readonly Watched[]): Promise<void> {
  if (cluster.report === undefined) return;
  for (const { resource } of left) {
    try {
      await reportTrouble(cluster, resource);
    } catch (error) {
      cluster.signal?.throwIfAborted();
      // The failure itself is reported by the caller; that more can't be said is worth a line, not another failure.
      cluster.report({
        type: 'waiting',
        resource,
        status: 'Unknown',
        reason: `no events or logs: ${errorText(error)}`,
      });
    }
  }
}

async function reportTrouble(cluster: Cluster, resource: Resource): Promise<void> {
  const live = await findLive(cluster, resource);
  const { kind } = resource.kind;
  await reportEvents(cluster, resource, { kind, name: resource.name, uid: live?.metadata.uid });
  for (const pod of (await podsOf(cluster, resource, live)).slice(0, MAX_PODS)) {
    const { name, uid } = pod.metadata;
    if (kind !== 'Pod') await reportEvents(cluster, resource, { kind: 'Pod', name, uid });
    for (const container of troubledContainers({ ...pod })) await reportLog(cluster, resource, pod, container);
  }
}

interface Involved {
  readonly kind: string;
  readonly name: string;
  /** Hooks are made again under the same name: what happened to earlier ones is not of interest. */
  readonly uid: string | undefined;
}

async function reportEvents(cluster: Cluster, resource: Resource, { kind, name, uid }: Involved): Promise<void> {
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const namespace = resource.namespace === '' ? 'default' : resource.namespace;
  const { items } = await cluster.client.list(Event, { namespace }, { fieldSelector, signal: cluster.signal });
  const timeOf = (event: Observed<Event>): string => event.lastTimestamp ?? event.eventTime ?? '';
  const own = items.filter(
    ({ involvedObject }) => uid === undefined || involvedObject.uid === undefined || involvedObject.uid === uid,
  );
  const newest = own.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).slice(-MAX_EVENTS);
  for (const { type = 'Normal', reason = '', message = '', count = 1 } of newest) {
    cluster.report?.({ type: 'event', resource, about: `${kind}/${name}`, eventType: type, reason, message, count });
  }
}

/** The pods that an object's selector matches; a pod is its own. */
async function podsOf(
  cluster: Cluster,
  resource: Resource,
  live: Observed<Unstructured> | undefined,
): Promise<Observed<Pod>[]> {
  if (live === undefined || resource.namespace === '') return [];
  const { client, signal } = cluster;
  if (resource.kind.kind === 'Pod') return [await client.get(Pod, resource, { signal })];
  const selector = getPath(live, 'spec.selector');
  if (!isJsonObject(selector) || (!('matchLabels' in selector) && !('matchExpressions' in selector))) return [];
  // The server has validated it.
  const labelSelector = labelSelectorFromObject(selector as LabelSelectorObject).toString();
  const { items } = await client.list(Pod, { namespace: resource.namespace }, { labelSelector, signal });
  return items.filter(
    (pod) => !pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
}

async function reportLog(cluster: Cluster, resource: Resource, pod: Observed<Pod>, container: string): Promise<void> {
  const { name, namespace = '' } = pod.metadata;
  const restarted = pod.status?.containerStatuses?.some((each) => each.name === container && each.state?.waiting);
  const lines = await logTail(cluster, { name, namespace, container, previous: restarted === true });
  if (lines.length > 0) cluster.report?.({ type: 'log', resource, pod: name, container, lines });
}

/** The last lines of a container; none when there is no log (not started yet, gone from its node). */
async function logTail(
  { client, signal }: Cluster,
  { name, namespace, container, previous }: { name: string; namespace: string; container: string; previous: boolean },
): Promise<string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`;
  const query = { container, tailLines: LOG_LINES, ...(previous ? { previous } : {}) };
  try {
    const { body } = await client.rawStream({ method: 'GET', path, query, signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    signal?.throwIfAborted();
    if (!isStatusError(error)) throw error;
    return [];
  }
}
