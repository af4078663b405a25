/**
 * The scheduler: gives each pod that has no node yet the node that `schedule` chooses.
 *
 * One pod at a time. A binding is remembered until the informer shows it, so that the next decision counts it; pods that fit
 * nowhere are tried again whenever a node or another pod changes.
 */
import { Node, Pod } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { formatTime, isStatusError } from '@kindred/machinery';
import type { ReconcileContext, Runnable } from '@kindred/operator';
import { imperative, watch } from '@kindred/operator';
import { isFinished } from '../pod/pod-state.ts';
import type { NodeState } from './schedule.ts';
import { schedule } from './schedule.ts';

const schedulerName = 'default-scheduler';

/** Pods wait at most this long (ms) for a change before they are looked at again. */
const retryInterval = 60_000;

/** @example manager.add(scheduler()); */
export function scheduler(): Runnable {
  /** Pod uid → node, for bindings that the informer has not shown yet. */
  const assumed = new Map<string, string>();
  return imperative(Pod, {
    name: schedulerName,
    predicate: (pod) => isOurs(pod) || assumed.has(pod.metadata.uid),
    watches: [
      watch(Node, { to: (_, { primary }) => waitingPods(primary.lister.list()), predicate: nodeMatters }),
      watch(Pod, {
        // A pod that ends or goes makes room for others.
        predicate: (pod, old) => old === undefined || isFinished(pod) !== isFinished(old),
        to: (_, { primary }) => waitingPods(primary.lister.list()),
      }),
    ],
    rules: [
      { apiGroups: [''], resources: ['pods/binding'], verbs: ['create'] },
      { apiGroups: [''], resources: ['pods/status'], verbs: ['patch', 'update'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
    async reconcile(context) {
      const pod = context.object;
      if (pod === undefined || !isOurs(pod)) {
        if (pod !== undefined) assumed.delete(pod.metadata.uid);
        return undefined;
      }
      forgetGone(assumed, context);
      const placement = schedule(pod, nodeStates(context, assumed));
      if ('node' in placement) {
        assumed.set(pod.metadata.uid, placement.node);
        await bind(context, pod, placement.node, assumed);
        return undefined;
      }
      await reportUnschedulable(context, pod, placement.unschedulable);
      return { requeueAfter: retryInterval };
    },
  });
}

function isOurs(pod: Observed<Pod>): boolean {
  return (
    !pod.spec?.nodeName &&
    pod.metadata.deletionTimestamp === undefined &&
    !isFinished(pod) &&
    (pod.spec?.schedulerName ?? schedulerName) === schedulerName &&
    (pod.spec?.schedulingGates ?? []).length === 0
  );
}

/** Heartbeats change nothing that scheduling looks at. */
function nodeMatters(node: Observed<Node>, old: Observed<Node> | undefined): boolean {
  if (old === undefined) return true;
  return [node.spec, node.status?.allocatable, node.metadata.labels].some(
    (part, index) =>
      JSON.stringify(part) !== JSON.stringify([old.spec, old.status?.allocatable, old.metadata.labels][index]),
  );
}

/** Keys of the pods that have no node yet. */
function waitingPods(pods: readonly { metadata: { namespace?: string; name: string } }[]): string[] {
  return pods
    .filter((pod) => isOurs(pod as Observed<Pod>))
    .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
}

function nodeStates({ lister }: ReconcileContext<Pod>, assumed: ReadonlyMap<string, string>): NodeState[] {
  const podsByNode = new Map<string, Pod[]>();
  for (const pod of lister(Pod).list()) {
    const node = pod.spec?.nodeName || assumed.get(pod.metadata.uid);
    if (node === undefined || isFinished(pod)) continue;
    const list = podsByNode.get(node);
    if (list === undefined) podsByNode.set(node, [pod]);
    else list.push(pod);
  }
  return lister(Node)
    .list()
    .map((node) => ({ node, pods: podsByNode.get(node.metadata.name) ?? [] }));
}

/** A pod that was deleted before its binding was seen needs no room any more. */
function forgetGone(assumed: Map<string, string>, { lister }: ReconcileContext<Pod>): void {
  if (assumed.size === 0) return;
  const there = new Set(
    lister(Pod)
      .list()
      .map(({ metadata }) => metadata.uid),
  );
  for (const uid of assumed.keys()) if (!there.has(uid)) assumed.delete(uid);
}

async function bind(
  { client, events }: ReconcileContext<Pod>,
  pod: Observed<Pod>,
  node: string,
  assumed: Map<string, string>,
): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const target = { apiVersion: 'v1', kind: 'Node', name: node };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name, uid }, target };
  try {
    await client.createSubresource(Pod, { namespace, name, subresource: 'binding' }, binding);
  } catch (error) {
    assumed.delete(uid);
    // Gone, or bound by somebody else: the informer brings the news.
    if (isStatusError(error, 'NotFound') || isStatusError(error, 'Conflict')) return;
    throw error;
  }
  const message = `Successfully assigned ${namespace ?? ''}/${name} to ${node}`;
  events.record(pod, { type: 'Normal', reason: 'Scheduled', message });
}

async function reportUnschedulable(
  { client, events, now }: ReconcileContext<Pod>,
  pod: Observed<Pod>,
  message: string,
): Promise<void> {
  const existing = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (existing?.status === 'False' && existing.message === message) return;
  events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message });
  const lastTransitionTime = existing?.status === 'False' ? existing.lastTransitionTime : formatTime(now());
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
  try {
    // Strategic: conditions merge by type, so the node's are not touched.
    await client.strategicPatch(Pod, pod.metadata, { status: { conditions: [condition] } }, { subresource: 'status' });
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}
