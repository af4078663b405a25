/**
 * Keeps as many pods as a replica set asks for. Source: "ReplicaSet", Kubernetes documentation.
 *
 * Its pods are those that match its selector and have it as their controller. Pods that match and have no controller are
 * adopted, pods that match no more are released.
 */
import { ReplicaSet } from '@kindred/apis/apps/v1';
import { Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { keyOf } from '@kindred/client';
import type { LabelSelector, Observed } from '@kindred/machinery';
import { isStatusError, labelSelectorFromObject } from '@kindred/machinery';
import type { ReconcileContext, ReconcileResult, Runnable } from '@kindred/operator';
import { controllerOf, controllerRef, imperative, watch } from '@kindred/operator';
import { availableIn, isActive, podFromTemplate } from '../pod/pod-state.ts';
import { slowStart } from '../pod/slow-start.ts';
import { isNamespaceTerminating, unlessGone } from '../writes/settled.ts';
import { deletionOrder } from './deletion-order.ts';
import { replicaSetStatus, sameStatus } from './replica-set-status.ts';

/** At most this many pods are created or deleted in one go, as upstream. */
const burst = 500;

type Context = ReconcileContext<ReplicaSet>;
type Failure = { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string };

/** @example manager.add(replicaSetController); */
export const replicaSetController: Runnable = imperative(ReplicaSet, {
  name: 'replicaset-controller',
  concurrency: 5,
  owns: [Pod],
  watches: [
    // A pod without a controller concerns every set that may adopt it.
    watch(Pod, {
      predicate: (pod) => controllerOf(pod) === undefined,
      to: (pod, { primary }) =>
        primary.lister
          .list({ namespace: pod.metadata.namespace })
          .filter((set) => selectorOf(set as Observed<ReplicaSet>).matches(pod.metadata.labels ?? {}))
          .map(keyOf),
    }),
  ],
  rules: [
    { apiGroups: ['apps'], resources: ['replicasets/status', 'replicasets/finalizers'], verbs: ['update', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  async reconcile(context) {
    const set = context.object;
    if (set === undefined) return undefined;
    const pods = await claimPods(context, set);
    const active = pods.filter(isActive);
    const failure = set.metadata.deletionTimestamp === undefined ? await scale(context, set, active) : undefined;
    await writeStatus(context, set, active, failure);
    if (failure !== undefined) throw new Error(failure.message);
    return nextCheck(set, active, context.now());
  },
});

function selectorOf(set: Observed<ReplicaSet>): LabelSelector {
  return labelSelectorFromObject(set.spec?.selector);
}

/** The set's pods, after adopting and releasing. */
async function claimPods(context: Context, set: Observed<ReplicaSet>): Promise<Observed<Pod>[]> {
  const { client, lister, owned } = context;
  const selector = selectorOf(set);
  const kept: Observed<Pod>[] = [];
  for (const pod of owned(Pod)) {
    if (selector.matches(pod.metadata.labels ?? {})) kept.push(pod);
    else if (set.metadata.deletionTimestamp === undefined) await release(client, set, pod);
  }
  if (set.metadata.deletionTimestamp !== undefined) return kept;
  const orphans = lister(Pod)
    .list({ namespace: set.metadata.namespace })
    .filter((pod) => controllerOf(pod) === undefined && isActive(pod) && selector.matches(pod.metadata.labels ?? {}));
  for (const pod of orphans) {
    const adopted = await adopt(client, set, pod);
    if (adopted !== undefined) kept.push(adopted);
  }
  return kept;
}

async function adopt(
  client: Client,
  set: Observed<ReplicaSet>,
  pod: Observed<Pod>,
): Promise<Observed<Pod> | undefined> {
  // A live look first: a set that was deleted and made anew under its name must not take the old one's pods.
  const live = await client.get(ReplicaSet, set.metadata);
  if (live.metadata.uid !== set.metadata.uid || live.metadata.deletionTimestamp !== undefined) return undefined;
  const { uid, resourceVersion, ownerReferences = [] } = pod.metadata;
  const metadata = { uid, resourceVersion, ownerReferences: [...ownerReferences, controllerRef(ReplicaSet, set)] };
  return unlessGone(client.mergePatch(Pod, pod.metadata, { metadata }));
}

async function release(client: Client, set: Observed<ReplicaSet>, pod: Observed<Pod>): Promise<void> {
  const { uid, resourceVersion, ownerReferences = [] } = pod.metadata;
  const others = ownerReferences.filter((reference) => reference.uid !== set.metadata.uid);
  const metadata = { uid, resourceVersion, ownerReferences: others };
  await unlessGone(client.mergePatch(Pod, pod.metadata, { metadata }));
}

/** Creates or deletes pods until there are as many as wanted; answers why that failed, if it did. */
async function scale(
  context: Context,
  set: Observed<ReplicaSet>,
  active: readonly Observed<Pod>[],
): Promise<Failure | undefined> {
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(context, set, Math.min(missing, burst));
  if (missing < 0)
    return deletePods(context, set, deletionOrder(active, context.now()).slice(0, Math.min(-missing, burst)));
  return undefined;
}

async function createPods(
  { client, events }: Context,
  set: Observed<ReplicaSet>,
  count: number,
): Promise<Failure | undefined> {
  const { template } = set.spec ?? {};
  if (template === undefined) return undefined;
  const { namespace = '', name } = set.metadata;
  const draft = podFromTemplate(template, namespace, name);
  const pod = { ...draft, metadata: { ...draft.metadata, ownerReferences: [controllerRef(ReplicaSet, set)] } };
  const error = await slowStart(count, async () => {
    const created = await client.create(Pod, pod);
    const message = `Created pod: ${created.metadata.name}`;
    events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message });
  });
  // A namespace that goes away takes the set with it: nothing to report.
  if (error === undefined || isNamespaceTerminating(error)) return undefined;
  const message = `Error creating: ${error.message}`;
  events.record(set, { type: 'Warning', reason: 'FailedCreate', message });
  return { reason: 'FailedCreate', message: error.message };
}

async function deletePods(
  { client, events }: Context,
  set: Observed<ReplicaSet>,
  pods: readonly Observed<Pod>[],
): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  await Promise.all(
    pods.map(async (pod) => {
      try {
        await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } });
        events.record(set, {
          type: 'Normal',
          reason: 'SuccessfulDelete',
          message: `Deleted pod: ${pod.metadata.name}`,
        });
      } catch (error) {
        if (isStatusError(error, 'NotFound')) return;
        const message = error instanceof Error ? error.message : String(error);
        events.record(set, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${message}` });
        failure = { reason: 'FailedDelete', message };
      }
    }),
  );
  return failure;
}

async function writeStatus(
  { client, now }: Context,
  set: Observed<ReplicaSet>,
  active: readonly Observed<Pod>[],
  failure: Failure | undefined,
): Promise<void> {
  const status = replicaSetStatus(set, active, failure, now());
  if (sameStatus(set.status, status)) return;
  try {
    await client.updateStatus(ReplicaSet, { ...set, status });
  } catch (error) {
    // A newer state is on its way and brings us back here; a set that is gone has no status.
    if (!isStatusError(error, 'Conflict') && !isStatusError(error, 'NotFound')) throw error;
  }
}

/** With minReadySeconds, time alone makes ready pods available. */
function nextCheck(
  set: Observed<ReplicaSet>,
  active: readonly Observed<Pod>[],
  now: number,
): ReconcileResult | undefined {
  const waits = active.flatMap((pod) => availableIn(pod, set.spec?.minReadySeconds ?? 0, now) ?? []);
  return waits.length === 0 ? undefined : { requeueAfter: Math.min(...waits) };
}
