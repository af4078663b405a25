/**
 * Keeps the status of disruption budgets, which the eviction subresource spends.
 * Source: "Disruptions", Kubernetes documentation.
 */
import { ReplicaSet, StatefulSet } from '@kindred/apis/apps/v1';
import { Pod, ReplicationController } from '@kindred/apis/core/v1';
import { PodDisruptionBudget } from '@kindred/apis/policy/v1';
import { keyOf } from '@kindred/client';
import {
  deepEqual,
  type KubeObject,
  type LabelSelector,
  labelSelectorFromObject,
  type Observed,
} from '@kindred/machinery';
import {
  controllerOf,
  imperative,
  type Mapper,
  type ReconcileContext,
  type Runnable,
  refersToKind,
  watch,
} from '@kindred/operator';
import { isFinished, isReady } from '../pod/pod-state.ts';
import { settled } from '../writes/settled.ts';
import { budgetStatus, nextForgotten } from './budget-status.ts';

const scaled = [ReplicaSet, StatefulSet, ReplicationController] as const;

/** Every budget of the namespace: there are few. */
const budgetsAround: Mapper<KubeObject> = ({ metadata }, { primary }) =>
  primary.lister.list({ namespace: metadata.namespace }).map(keyOf);

/** @example manager.add(disruptionController); */
export const disruptionController: Runnable = imperative(PodDisruptionBudget, {
  name: 'disruption-controller',
  watches: [
    watch(Pod, { predicate: podMatters, to: budgetsAround }),
    watch(ReplicaSet, { predicate: scaleChanged, to: budgetsAround }),
    watch(StatefulSet, { predicate: scaleChanged, to: budgetsAround }),
    watch(ReplicationController, { predicate: scaleChanged, to: budgetsAround }),
  ],
  rules: [{ apiGroups: ['policy'], resources: ['poddisruptionbudgets/status'], verbs: ['update'] }],
  async reconcile(context) {
    const { object: budget, client, lister, now } = context;
    if (budget === undefined || budget.metadata.deletionTimestamp !== undefined) return undefined;
    const selector = selectorOf(budget);
    const pods = lister(Pod)
      .list({ namespace: budget.metadata.namespace })
      .filter((pod) => !isFinished(pod) && selector.matches(pod.metadata.labels ?? {}));
    const status = budgetStatus({ budget, pods, scale: scaleOf(context, pods), now: now() });
    if (!deepEqual(budget.status, status)) {
      await settled(client.updateStatus(PodDisruptionBudget, { ...budget, status }));
    }
    const next = nextForgotten(status, now());
    return next === undefined ? undefined : { requeueAfter: next };
  },
});

/** No selector covers nothing; an empty one covers all. */
function selectorOf({ spec }: PodDisruptionBudget): LabelSelector {
  return labelSelectorFromObject(spec?.selector);
}

function podMatters(pod: Observed<Pod>, old: Observed<Pod> | undefined): boolean {
  if (old === undefined) return true;
  const relevant = (of: Observed<Pod>): unknown[] => [
    isReady(of),
    isFinished(of),
    of.metadata.deletionTimestamp,
    of.metadata.labels,
  ];
  return JSON.stringify(relevant(pod)) !== JSON.stringify(relevant(old));
}

function scaleChanged(
  object: { spec?: { replicas?: number } },
  old: { spec?: { replicas?: number } } | undefined,
): boolean {
  return object.spec?.replicas !== old?.spec?.replicas || old === undefined;
}

/** What the pods' owners want in all; pods whose owner has no size count as themselves. */
function scaleOf({ lister }: ReconcileContext<PodDisruptionBudget>, pods: readonly Observed<Pod>[]): number {
  const sizes = new Map<string, number>();
  let others = 0;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const kind = owner === undefined ? undefined : scaled.find((candidate) => refersToKind(owner, candidate));
    const at = { namespace: pod.metadata.namespace, name: owner?.name ?? '' };
    const found = kind === undefined ? undefined : sizeOf(lister, kind, at);
    if (owner === undefined || found === undefined) others++;
    else sizes.set(owner.uid, found);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, others);
}

function sizeOf(
  lister: ReconcileContext<PodDisruptionBudget>['lister'],
  kind: (typeof scaled)[number],
  at: { namespace: string | undefined; name: string },
): number | undefined {
  if (kind === ReplicaSet) return lister(ReplicaSet).get(at)?.spec?.replicas;
  if (kind === StatefulSet) return lister(StatefulSet).get(at)?.spec?.replicas;
  return lister(ReplicationController).get(at)?.spec?.replicas;
}
