/**
 * Runs pods that keep their names. Source: "StatefulSets", Kubernetes documentation. Volume claim templates are not carried
 * out: there are no volumes that outlive pods.
 */
import { ControllerRevision, StatefulSet } from '@kindred/apis/apps/v1';
import { Pod, type PodTemplateSpec } from '@kindred/apis/core/v1';
import {
  deepEqual,
  errorText,
  isStatusError,
  type LabelSelector,
  labelSelectorFromObject,
  type Observed,
} from '@kindred/machinery';
import {
  controllerRef,
  imperative,
  type ReconcileContext,
  type ReconcileResult,
  type Runnable,
} from '@kindred/operator';
import { templateOf } from '../controller-revision/controller-revision.ts';
import { cleanUpRevisions, keepRevision } from '../controller-revision/keep-revisions.ts';
import { claimPods, watchOrphans } from '../pod/claim-pods.ts';
import { availableIn, isActive } from '../pod/pod-state.ts';
import { isNamespaceTerminating, settled } from '../writes/settled.ts';
import { planStatefulSet, type StatefulState, statefulStatus } from './plan.ts';
import { ordinalOf, revisionOf, statefulPod } from './stateful-pods.ts';

/** @example manager.add(statefulSetController); */
export const statefulSetController: Runnable = imperative(StatefulSet, {
  name: 'statefulset-controller',
  concurrency: 5,
  owns: [Pod, ControllerRevision],
  watches: [watchOrphans(selectorOf)],
  rules: [
    { apiGroups: ['apps'], resources: ['statefulsets/status', 'statefulsets/finalizers'], verbs: ['update', 'patch'] },
    { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  async reconcile(context) {
    const set = context.object;
    if (set?.spec === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const claimed = await claimPods(context, { kind: StatefulSet, owner: set, selector: selectorOf(set) });
    const pods = claimed.filter((pod) => ordinalOf(set, pod) !== undefined);
    const { template, revisionHistoryLimit = 10 } = set.spec;
    const { collisionCount: known, currentRevision } = set.status ?? {};
    const owner = { kind: StatefulSet, owner: set, template, collisionCount: known };
    const { current: update, all, collisionCount } = await keepRevision(context, owner);
    if (update === undefined) {
      await writeStatus(context, set, { replicas: 0, ...set.status, collisionCount: collisionCount ?? 0 });
      return { requeueAfter: 1 };
    }
    const old = all.find(({ metadata }) => metadata.name === currentRevision) ?? update;
    const state: StatefulState = {
      set,
      pods,
      currentRevision: old.metadata.name,
      updateRevision: update.metadata.name,
      now: context.now(),
    };
    await carryOut(
      context,
      state,
      new Map([old, update].map((one) => [one.metadata.name, templateOf(one) ?? template])),
    );
    await writeStatus(context, set, statefulStatus(state, collisionCount));
    const used = new Set([...pods.map(revisionOf), old.metadata.name, update.metadata.name]);
    await cleanUpRevisions(context, all, { used, limit: revisionHistoryLimit });
    return nextCheck(state);
  },
});

function selectorOf({ spec }: StatefulSet): LabelSelector {
  return labelSelectorFromObject(spec?.selector);
}

async function carryOut(
  context: ReconcileContext<StatefulSet>,
  state: StatefulState,
  templates: ReadonlyMap<string, PodTemplateSpec>,
): Promise<void> {
  const { set } = state;
  const { create, remove } = planStatefulSet(state);
  for (const { ordinal, revision } of create) {
    const pod = statefulPod(set, { ordinal, revision, template: templates.get(revision) ?? {} });
    await createPod(context, set, pod);
  }
  for (const pod of remove) await deletePod(context, set, pod);
}

async function createPod(
  { client, events }: ReconcileContext<StatefulSet>,
  set: Observed<StatefulSet>,
  pod: Pod,
): Promise<void> {
  const what = `Pod ${pod.metadata.name ?? ''} in StatefulSet ${set.metadata.name}`;
  const metadata = { ...pod.metadata, ownerReferences: [controllerRef(StatefulSet, set)] };
  try {
    await client.create(Pod, { ...pod, metadata });
    events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `create ${what} successful` });
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    const reason = errorText(error);
    events.record(set, { type: 'Warning', reason: 'FailedCreate', message: `create ${what} failed error: ${reason}` });
    throw error;
  }
}

async function deletePod(
  { client, events }: ReconcileContext<StatefulSet>,
  set: Observed<StatefulSet>,
  pod: Observed<Pod>,
): Promise<void> {
  const what = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } });
    events.record(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `delete ${what} successful` });
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}

async function writeStatus(
  { client }: ReconcileContext<StatefulSet>,
  set: Observed<StatefulSet>,
  status: NonNullable<StatefulSet['status']>,
): Promise<void> {
  if (deepEqual(set.status, status)) return;
  await settled(client.updateStatus(StatefulSet, { ...set, status }));
}

/** With minReadySeconds, time alone makes ready pods available. */
function nextCheck({ set, pods, now }: StatefulState): ReconcileResult | undefined {
  const waits = pods.filter(isActive).flatMap((pod) => availableIn(pod, set.spec?.minReadySeconds ?? 0, now) ?? []);
  return waits.length === 0 ? undefined : { requeueAfter: Math.min(...waits) };
}
