/**
 * Keeps as many pods as an object asks for: what replica sets and replication controllers, its older form, have in common.
 */
import { Pod } from '@kindred/apis/core/v1';
import { isStatusError, type KindRef, type LabelSelector, type Observed } from '@kindred/machinery';
import {
  controllerRef,
  imperative,
  type ReconcileContext,
  type ReconcileResult,
  type Runnable,
} from '@kindred/operator';
import { createPods, deletePods, type Failure } from '../pod/change-pods.ts';
import { claimPods, watchOrphans } from '../pod/claim-pods.ts';
import { availableIn, isActive, podFromTemplate } from '../pod/pod-state.ts';
import { deletionOrder } from './deletion-order.ts';
import { replicaSetStatus, sameStatus } from './replica-set-status.ts';
import type { ReplicatedPods } from './replicated-pods.ts';

/** At most this many pods are created or deleted in one go, as upstream. */
const burst = 500;

export interface ReplicasControllerOptions<T extends ReplicatedPods> {
  readonly name: string;
  readonly selectorOf: (owner: Observed<T>) => LabelSelector;
}

export function replicasController<T extends ReplicatedPods>(
  kind: KindRef<T>,
  { name, selectorOf }: ReplicasControllerOptions<T>,
): Runnable {
  const { group, plural } = kind;
  return imperative(kind, {
    name,
    concurrency: 5,
    owns: [Pod],
    watches: [watchOrphans(selectorOf)],
    rules: [
      { apiGroups: [group], resources: [`${plural}/status`, `${plural}/finalizers`], verbs: ['update', 'patch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
    async reconcile(context) {
      const owner = context.object;
      if (owner === undefined) return undefined;
      const pods = await claimPods(context, { kind, owner, selector: selectorOf(owner) });
      const active = pods.filter(isActive);
      const failure =
        owner.metadata.deletionTimestamp === undefined ? await scale(kind, context, owner, active) : undefined;
      await writeStatus(kind, context, owner, { active, failure });
      if (failure !== undefined) throw new Error(failure.message);
      return nextCheck(owner, active, context.now());
    },
  });
}

/** Creates or deletes pods until there are as many as wanted; answers why that failed, if it did. */
async function scale<T extends ReplicatedPods>(
  kind: KindRef<T>,
  context: ReconcileContext<T>,
  owner: Observed<T>,
  active: readonly Observed<Pod>[],
): Promise<Failure | undefined> {
  const { template, replicas = 1 } = owner.spec ?? {};
  const missing = replicas - active.length;
  if (missing > 0 && template !== undefined) {
    const { namespace = '', name } = owner.metadata;
    const draft = podFromTemplate(template, namespace, name);
    const pod = { ...draft, metadata: { ...draft.metadata, ownerReferences: [controllerRef(kind, owner)] } };
    return createPods(context, owner, Array<Pod>(Math.min(missing, burst)).fill(pod));
  }
  if (missing >= 0) return undefined;
  return deletePods(context, owner, deletionOrder(active, context.now()).slice(0, Math.min(-missing, burst)));
}

async function writeStatus<T extends ReplicatedPods>(
  kind: KindRef<T>,
  { client, now }: ReconcileContext<T>,
  owner: Observed<T>,
  { active, failure }: { readonly active: readonly Observed<Pod>[]; readonly failure: Failure | undefined },
): Promise<void> {
  const status = replicaSetStatus(owner, active, failure, now());
  if (sameStatus(owner.status, status)) return;
  try {
    await client.updateStatus(kind, { ...owner, status });
  } catch (error) {
    // A newer state is on its way and brings us back here; one that is gone has no status.
    if (!isStatusError(error, 'Conflict') && !isStatusError(error, 'NotFound')) throw error;
  }
}

/** With minReadySeconds, time alone makes ready pods available. */
function nextCheck(
  owner: Observed<ReplicatedPods>,
  active: readonly Observed<Pod>[],
  now: number,
): ReconcileResult | undefined {
  const waits = active.flatMap((pod) => availableIn(pod, owner.spec?.minReadySeconds ?? 0, now) ?? []);
  return waits.length === 0 ? undefined : { requeueAfter: Math.min(...waits) };
}
