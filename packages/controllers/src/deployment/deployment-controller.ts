/**
 * Rolls a deployment's pods from one template to the next through replica sets.
 * Source: "Deployments", Kubernetes documentation. What to do is decided in the pure files beside this one.
 */
import { Deployment, ReplicaSet } from '@kindred/apis/apps/v1';
import { Pod } from '@kindred/apis/core/v1';
import { keyOf } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { deepEqual, isStatusError, labelSelectorFromObject } from '@kindred/machinery';
import type { ReconcileContext, ReconcileResult, Runnable } from '@kindred/operator';
import { controllerOf, controllerRef, imperative, watch } from '@kindred/operator';
import { isFinished } from '../pod/pod-state.ts';
import { deploymentStatus, isComplete, progressDeadline, sameStatus } from './deployment-status.ts';
import { hashLabel, podTemplateHash, sameTemplate } from './pod-template-hash.ts';
import {
  desiredReplicasAnnotation,
  findNewSet,
  maxReplicasAnnotation,
  nextRevision,
  revisionAnnotation,
  setAnnotations,
  surplusHistory,
} from './revisions.ts';
import type { Limits, Resize, SetState } from './rolling-update.ts';
import { limitsOf, scaleDown, scaleProportionally, scaleUp } from './rolling-update.ts';

type Context = ReconcileContext<Deployment>;
type Sets = readonly Observed<ReplicaSet>[];

/** What one reconcile works on; sets are replaced as they are written. */
interface Rollout {
  readonly context: Context;
  readonly deployment: Observed<Deployment>;
  readonly limits: Limits;
  newSet: Observed<ReplicaSet> | undefined;
  oldSets: Sets;
  collisionCount: number | undefined;
}

/** @example manager.add(deploymentController); */
export const deploymentController: Runnable = imperative(Deployment, {
  name: 'deployment-controller',
  concurrency: 5,
  owns: [ReplicaSet],
  watches: [
    // Recreate waits until the last old pod is gone.
    watch(Pod, {
      predicate: (pod, old) => old === undefined || isFinished(pod) !== isFinished(old),
      to: (pod, { primary }) =>
        primary.lister
          .list({ namespace: pod.metadata.namespace })
          .filter((deployment) => isRecreate(deployment as Observed<Deployment>))
          .map(keyOf),
    }),
  ],
  rules: [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch', 'update'] },
    { apiGroups: ['apps'], resources: ['deployments/status', 'deployments/finalizers'], verbs: ['patch', 'update'] },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['create', 'delete', 'patch', 'update'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  async reconcile(context) {
    const deployment = context.object;
    if (deployment === undefined) return undefined;
    const sets = await claimSets(context, deployment);
    const newSet = findNewSet(deployment, sets);
    const oldSets = sets.filter((set) => set !== newSet);
    const rollout: Rollout = {
      context,
      deployment,
      limits: limitsOf(deployment),
      newSet,
      oldSets,
      collisionCount: deployment.status?.collisionCount,
    };
    if (deployment.metadata.deletionTimestamp === undefined) await advance(rollout);
    return writeStatus(rollout);
  },
});

async function advance(rollout: Rollout): Promise<void> {
  const { deployment } = rollout;
  if (deployment.spec?.paused === true || isScalingEvent(rollout)) {
    if (deployment.spec?.paused !== true) await ensureNewSet(rollout);
    await resizeInProportion(rollout);
  } else if (isRecreate(deployment)) {
    await recreate(rollout);
  } else {
    await ensureNewSet(rollout);
    await rollingUpdate(rollout);
  }
  if (deployment.spec?.paused !== true && isComplete(deployment, deployment.status ?? {}))
    await cleanUpHistory(rollout);
}

function isRecreate(deployment: Observed<Deployment>): boolean {
  return deployment.spec?.strategy?.type === 'Recreate';
}

/** The deployment's replica sets, after adopting those that match and have no controller. */
async function claimSets(context: Context, deployment: Observed<Deployment>): Promise<Observed<ReplicaSet>[]> {
  const { client, lister, owned } = context;
  const selector = labelSelectorFromObject(deployment.spec?.selector);
  const sets = owned(ReplicaSet).filter((set) => selector.matches(set.metadata.labels ?? {}));
  if (deployment.metadata.deletionTimestamp !== undefined) return sets;
  const orphans = lister(ReplicaSet)
    .list({ namespace: deployment.metadata.namespace })
    .filter((set) => controllerOf(set) === undefined && set.metadata.deletionTimestamp === undefined)
    .filter((set) => selector.matches(set.metadata.labels ?? {}));
  for (const set of orphans) {
    const { uid, resourceVersion, ownerReferences = [] } = set.metadata;
    const metadata = {
      uid,
      resourceVersion,
      ownerReferences: [...ownerReferences, controllerRef(Deployment, deployment)],
    };
    sets.push(await client.mergePatch(ReplicaSet, set.metadata, { metadata }));
  }
  return sets;
}

/** True when the replicas were changed while the template was not: then sizes follow in proportion. */
function isScalingEvent({ deployment, newSet, oldSets }: Rollout): boolean {
  const sets = newSet === undefined ? oldSets : [newSet, ...oldSets];
  return sets.some((set) => {
    const recorded = set.metadata.annotations?.[desiredReplicasAnnotation];
    return (
      (set.spec?.replicas ?? 0) > 0 && recorded !== undefined && Number(recorded) !== (deployment.spec?.replicas ?? 1)
    );
  });
}

async function resizeInProportion(rollout: Rollout): Promise<void> {
  const { limits, newSet, oldSets } = rollout;
  const sets = newSet === undefined ? oldSets : [newSet, ...oldSets];
  const running = sets.filter((set) => (set.spec?.replicas ?? 0) > 0);
  const [only] = running;
  const resizes =
    running.length <= 1 ? resizeSingle(only ?? newSet, limits) : scaleProportionally(limits, running.map(stateOf));
  const sized = new Map(resizes.map(({ name, to }) => [name, to]));
  // Every running set records the new size, or the next look would take it for a scaling event again.
  for (const set of running.length === 0 && newSet !== undefined ? [newSet] : running) {
    await resize(rollout, { name: set.metadata.name, to: sized.get(set.metadata.name) ?? set.spec?.replicas ?? 0 });
  }
}

function resizeSingle(set: Observed<ReplicaSet> | undefined, { replicas }: Limits): Resize[] {
  return set === undefined ? [] : [{ name: set.metadata.name, to: replicas }];
}

async function rollingUpdate(rollout: Rollout): Promise<void> {
  const { limits, newSet, oldSets } = rollout;
  if (newSet === undefined) return;
  const grown = scaleUp(limits, stateOf(newSet), oldSets.map(stateOf));
  if (grown !== undefined) return resize(rollout, grown);
  for (const shrunk of scaleDown(limits, stateOf(newSet), oldSets.map(stateOf))) await resize(rollout, shrunk);
}

async function recreate(rollout: Rollout): Promise<void> {
  const running = rollout.oldSets.filter((set) => (set.spec?.replicas ?? 0) > 0);
  for (const set of running) await resize(rollout, { name: set.metadata.name, to: 0 });
  if (running.length > 0 || oldPodsRun(rollout)) return;
  await ensureNewSet(rollout);
  const { newSet, limits } = rollout;
  if (newSet !== undefined) await resize(rollout, { name: newSet.metadata.name, to: limits.replicas });
}

function oldPodsRun({ context, deployment, oldSets }: Rollout): boolean {
  const uids = new Set(oldSets.map((set) => set.metadata.uid));
  return context
    .lister(Pod)
    .list({ namespace: deployment.metadata.namespace })
    .some((pod) => !isFinished(pod) && uids.has(controllerOf(pod)?.uid ?? ''));
}

/** Makes the replica set of the present template, or brings the one that is there up to date. */
async function ensureNewSet(rollout: Rollout): Promise<void> {
  const { context, deployment, newSet, oldSets, limits } = rollout;
  const revision = nextRevision(oldSets);
  const sizes = { desired: limits.replicas, max: limits.replicas + limits.maxSurge };
  if (newSet === undefined) {
    rollout.newSet = await createSet(rollout, setAnnotations(deployment, undefined, revision, sizes));
  } else {
    const recorded = {
      desired: Number(newSet.metadata.annotations?.[desiredReplicasAnnotation] ?? sizes.desired),
      max: Number(newSet.metadata.annotations?.[maxReplicasAnnotation] ?? sizes.max),
    };
    const annotations = setAnnotations(deployment, newSet, revision, recorded);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    if (
      !deepEqual(annotations, newSet.metadata.annotations) ||
      (newSet.spec?.minReadySeconds ?? 0) !== minReadySeconds
    ) {
      const patch = {
        metadata: { annotations },
        spec: { minReadySeconds: minReadySeconds === 0 ? null : minReadySeconds },
      };
      rollout.newSet = await context.client.mergePatch(ReplicaSet, newSet.metadata, patch);
    }
  }
  await recordRevision(rollout);
}

async function recordRevision({ context, deployment, newSet }: Rollout): Promise<void> {
  const revision = newSet?.metadata.annotations?.[revisionAnnotation];
  if (revision === undefined || deployment.metadata.annotations?.[revisionAnnotation] === revision) return;
  const metadata = { annotations: { [revisionAnnotation]: revision } };
  await context.client.mergePatch(Deployment, deployment.metadata, { metadata });
}

async function createSet(
  rollout: Rollout,
  annotations: Record<string, string>,
): Promise<Observed<ReplicaSet> | undefined> {
  const { context, deployment, limits, oldSets } = rollout;
  const { template, selector, minReadySeconds } = deployment.spec ?? {};
  if (template === undefined || selector === undefined) return undefined;
  const hash = podTemplateHash(template, rollout.collisionCount ?? 0);
  const { namespace = '' } = deployment.metadata;
  const name = `${deployment.metadata.name}-${hash}`;
  const empty: SetState = { name, desired: 0, available: 0, recordedMax: 0, created: 0 };
  const replicas = isRecreate(deployment) ? limits.replicas : (scaleUp(limits, empty, oldSets.map(stateOf))?.to ?? 0);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const set = {
    metadata: { namespace, name, labels, annotations, ownerReferences: [controllerRef(Deployment, deployment)] },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
  try {
    const created = await context.client.create(ReplicaSet, set);
    reportScaling(rollout, { name, from: 0, to: replicas });
    return created;
  } catch (error) {
    if (!isStatusError(error, 'AlreadyExists')) throw error;
    return resolveCollision(rollout, namespace, name);
  }
}

/** A set of that name is there: it is ours already (the informer is behind), or another template has the same hash. */
async function resolveCollision(
  rollout: Rollout,
  namespace: string,
  name: string,
): Promise<Observed<ReplicaSet> | undefined> {
  const { context, deployment } = rollout;
  const existing = await context.client.get(ReplicaSet, { namespace, name });
  const isOurs = controllerOf(existing)?.uid === deployment.metadata.uid;
  if (isOurs && sameTemplate(existing.spec?.template, deployment.spec?.template)) return existing;
  rollout.collisionCount = (rollout.collisionCount ?? 0) + 1;
  return undefined;
}

/** Gives a set another size, with the annotations that later proportional scaling reads. */
async function resize(rollout: Rollout, { name, to }: Resize): Promise<void> {
  const { context, limits, newSet, oldSets } = rollout;
  const set = newSet?.metadata.name === name ? newSet : oldSets.find(({ metadata }) => metadata.name === name);
  if (set === undefined) return;
  const annotations = {
    [desiredReplicasAnnotation]: String(limits.replicas),
    [maxReplicasAnnotation]: String(limits.replicas + limits.maxSurge),
  };
  const from = set.spec?.replicas ?? 0;
  const recorded = Object.entries(annotations).every(([key, value]) => set.metadata.annotations?.[key] === value);
  if (from === to && recorded) return;
  // No resourceVersion: the set's own controller writes its status all the time, and the size is ours alone to decide.
  const patch = { metadata: { annotations, uid: set.metadata.uid }, spec: { replicas: to } };
  const written = await context.client.mergePatch(ReplicaSet, set.metadata, patch);
  if (newSet === set) rollout.newSet = written;
  else rollout.oldSets = oldSets.map((candidate) => (candidate === set ? written : candidate));
  if (from !== to) reportScaling(rollout, { name, from, to });
}

function reportScaling({ context, deployment }: Rollout, { name, from, to }: Resize & { from: number }): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
  context.events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
}

async function cleanUpHistory({ context, deployment, oldSets }: Rollout): Promise<void> {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  for (const set of surplusHistory(oldSets, limit)) {
    try {
      await context.client.delete(ReplicaSet, set.metadata, { preconditions: { uid: set.metadata.uid } });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }
}

async function writeStatus({
  context,
  deployment,
  newSet,
  oldSets,
  collisionCount,
}: Rollout): Promise<ReconcileResult | undefined> {
  const now = context.now();
  const status = deploymentStatus({ deployment, newSet, oldSets, collisionCount, now });
  if (!sameStatus(status, deployment.status)) {
    try {
      await context.client.mergePatch(Deployment, deployment.metadata, { status }, { subresource: 'status' });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }
  const condition = status.conditions?.find(({ type }) => type === 'Progressing');
  const deadline = condition?.reason === 'ReplicaSetUpdated' ? progressDeadline(deployment, condition) : undefined;
  if (collisionCount !== deployment.status?.collisionCount) return { requeueAfter: 1 };
  return deadline === undefined ? undefined : { requeueAfter: Math.max(1000, deadline - now + 1000) };
}

function stateOf(set: Observed<ReplicaSet>): SetState {
  return {
    name: set.metadata.name,
    desired: set.spec?.replicas ?? 0,
    available: set.status?.availableReplicas ?? 0,
    recordedMax: Number(set.metadata.annotations?.[maxReplicasAnnotation] ?? 0) || 0,
    created: Date.parse(set.metadata.creationTimestamp),
  };
}
