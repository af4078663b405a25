/** Runs one pod of a daemon set on every node that it belongs on. Source: "DaemonSet", Kubernetes documentation. */
import { ControllerRevision, DaemonSet } from '@kindred/apis/apps/v1';
import { Node, Pod } from '@kindred/apis/core/v1';
import { deepEqual, type LabelSelector, labelSelectorFromObject, type Observed } from '@kindred/machinery';
import {
  controllerRef,
  everyPrimary,
  imperative,
  type ReconcileContext,
  type ReconcileResult,
  type Runnable,
  watch,
} from '@kindred/operator';
import { hashOf, revisionHashLabel } from '../controller-revision/controller-revision.ts';
import { cleanUpRevisions, keepRevision } from '../controller-revision/keep-revisions.ts';
import { createPods, deletePods, type Failure } from '../pod/change-pods.ts';
import { claimPods, watchOrphans } from '../pod/claim-pods.ts';
import { availableIn, isActive } from '../pod/pod-state.ts';
import { settled } from '../writes/settled.ts';
import { daemonPod } from './daemon-pods.ts';
import { type DaemonState, daemonStatus, planDaemons } from './plan.ts';

/** @example manager.add(daemonSetController); */
export const daemonSetController: Runnable = imperative(DaemonSet, {
  name: 'daemonset-controller',
  concurrency: 2,
  owns: [Pod, ControllerRevision],
  watches: [watchOrphans(selectorOf), watch(Node, { to: everyPrimary, predicate: nodeMatters })],
  rules: [
    { apiGroups: ['apps'], resources: ['daemonsets/status', 'daemonsets/finalizers'], verbs: ['update', 'patch'] },
    { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  async reconcile(context) {
    const set = context.object;
    if (set?.spec === undefined) return undefined;
    const pods = await claimPods(context, { kind: DaemonSet, owner: set, selector: selectorOf(set) });
    const { template, revisionHistoryLimit = 10 } = set.spec;
    if (set.metadata.deletionTimestamp !== undefined) return undefined;
    const { collisionCount: known } = set.status ?? {};
    const owner = { kind: DaemonSet, owner: set, template, collisionCount: known };
    const { current, all, collisionCount } = await keepRevision(context, owner);
    if (current === undefined) {
      await writeStatus(context, set, { ...set.status, ...(collisionCount === undefined ? {} : { collisionCount }) });
      return { requeueAfter: 1 };
    }
    const state = { set, nodes: context.lister(Node).list(), pods, hash: hashOf(current), now: context.now() };
    const failure = await carryOut(context, state);
    await writeStatus(context, set, daemonStatus(state, collisionCount));
    const used = new Set(pods.map(({ metadata }) => metadata.labels?.[revisionHashLabel] ?? ''));
    await cleanUpRevisions(context, all, { used: used.add(state.hash), limit: revisionHistoryLimit });
    if (failure !== undefined) throw new Error(failure.message);
    return nextCheck(state);
  },
});

function selectorOf({ spec }: DaemonSet): LabelSelector {
  return labelSelectorFromObject(spec?.selector);
}

/** Heartbeats change nothing that daemons look at. */
function nodeMatters(node: Observed<Node>, old: Observed<Node> | undefined): boolean {
  if (old === undefined) return true;
  return !(deepEqual(node.spec, old.spec) && deepEqual(node.metadata.labels, old.metadata.labels));
}

async function carryOut(context: ReconcileContext<DaemonSet>, state: DaemonState): Promise<Failure | undefined> {
  const { set, hash } = state;
  const { create, remove, failed } = planDaemons(state);
  for (const { metadata } of failed) {
    const place = `${metadata.namespace ?? ''}/${metadata.name}`;
    const message = `Found failed daemon pod ${place}, will try to kill it`;
    context.events.record(set, { type: 'Warning', reason: 'FailedDaemonPod', message });
  }
  const ownerReferences = [controllerRef(DaemonSet, set)];
  const pods = create.map((node) => daemonPod(set, node, hash));
  const owned = pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences } }));
  return (await createPods(context, set, owned)) ?? (await deletePods(context, set, [...remove, ...failed]));
}

async function writeStatus(
  { client }: ReconcileContext<DaemonSet>,
  set: Observed<DaemonSet>,
  status: Partial<DaemonSet['status']>,
): Promise<void> {
  if (deepEqual(set.status, status)) return;
  await settled(client.updateStatus(DaemonSet, { ...set, status: { ...daemonStatusOfNothing, ...status } }));
}

const daemonStatusOfNothing = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};

/** With minReadySeconds, time alone makes ready pods available. */
function nextCheck({ set, pods, now }: DaemonState): ReconcileResult | undefined {
  const waits = pods.filter(isActive).flatMap((pod) => availableIn(pod, set.spec?.minReadySeconds ?? 0, now) ?? []);
  return waits.length === 0 ? undefined : { requeueAfter: Math.min(...waits) };
}
