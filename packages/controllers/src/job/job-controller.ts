/** Runs pods until enough of them have succeeded. Source: "Jobs", Kubernetes documentation. */
import { Job, type JobCondition } from '@kindred/apis/batch/v1';
import { Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { deepEqual, type LabelSelector, labelSelectorFromObject, type Observed } from '@kindred/machinery';
import {
  controllerRef,
  imperative,
  type ReconcileContext,
  type ReconcileResult,
  type Runnable,
} from '@kindred/operator';
import { createPods, deletePods } from '../pod/change-pods.ts';
import { claimPods, watchOrphans } from '../pod/claim-pods.ts';
import { settled, unlessGone } from '../writes/settled.ts';
import { isTracked, jobPod, trackingFinalizer } from './job-pods.ts';
import { finishedCondition, type JobPlan, planJob } from './plan.ts';

const ownManager = 'kubernetes.io/job-controller';

/** @example manager.add(jobController); */
export const jobController: Runnable = imperative(Job, {
  name: 'job-controller',
  concurrency: 5,
  owns: [Pod],
  watches: [watchOrphans(selectorOf)],
  rules: [
    { apiGroups: ['batch'], resources: ['jobs/status', 'jobs/finalizers'], verbs: ['update', 'patch'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['delete'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  async reconcile(context) {
    const job = context.object;
    if (job?.spec === undefined || (job.spec.managedBy ?? ownManager) !== ownManager) return undefined;
    const pods = await claimPods(context, { kind: Job, owner: job, selector: selectorOf(job) });
    if (finishedCondition(job.status) !== undefined) return finish(context, job, pods);
    const plan = planJob(job, pods, context.now());
    const failure = await carryOut(context, job, plan);
    if (plan.reached !== undefined) report(context, job, plan.reached);
    if (failure !== undefined) throw new Error(failure);
    return plan.lookAgain === undefined ? undefined : { requeueAfter: plan.lookAgain };
  },
});

function selectorOf({ spec }: Job): LabelSelector {
  return labelSelectorFromObject(spec?.selector);
}

/** Answers why pods could not be made, if so. */
async function carryOut(
  context: ReconcileContext<Job>,
  job: Observed<Job>,
  { status, release, remove, create }: JobPlan,
): Promise<string | undefined> {
  const { client } = context;
  for (const pod of release) await releasePod(client, pod);
  // Pods that the job itself ends are no failures: they are let go before they end.
  for (const pod of remove) await releasePod(client, pod);
  await deletePods(context, job, remove);
  if (!deepEqual(job.status, status)) {
    const written = await settled(client.updateStatus(Job, { ...job, status }));
    // Nothing is made on the grounds of a state that others have left behind.
    if (written === undefined) return undefined;
  }
  if (job.metadata.deletionTimestamp !== undefined) return undefined;
  const ownerReferences = [controllerRef(Job, job)];
  const pods = create.map((index) => {
    const pod = jobPod(job, index);
    return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
  });
  return (await createPods(context, job, pods))?.message;
}

/** Takes the finalizer off, so that the pod may go. */
export async function releasePod(client: Client, pod: Observed<Pod>): Promise<void> {
  if (!isTracked(pod)) return;
  const { uid, finalizers = [] } = pod.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== trackingFinalizer);
  await unlessGone(
    client.mergePatch(Pod, pod.metadata, { metadata: { uid, finalizers: others.length === 0 ? null : others } }),
  );
}

/** A finished job goes when its time to live is over; nothing else happens to it. */
async function finish(
  { client, now }: ReconcileContext<Job>,
  job: Observed<Job>,
  pods: readonly Observed<Pod>[],
): Promise<ReconcileResult | undefined> {
  for (const pod of pods) await releasePod(client, pod);
  const { ttlSecondsAfterFinished } = job.spec ?? {};
  if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const since = Date.parse(finishedCondition(job.status)?.lastTransitionTime ?? '') || now();
  const left = since + ttlSecondsAfterFinished * 1000 - now();
  if (left > 0) return { requeueAfter: left };
  const preconditions = { uid: job.metadata.uid };
  await unlessGone(client.delete(Job, job.metadata, { propagationPolicy: 'Foreground', preconditions }));
  return undefined;
}

function report(
  { events }: ReconcileContext<Job>,
  job: Observed<Job>,
  { type, status, reason = '', message = '' }: JobCondition,
): void {
  if (type === 'Complete') events.record(job, { type: 'Normal', reason: 'Completed', message: 'Job completed' });
  if (type === 'Failed') events.record(job, { type: 'Warning', reason, message });
  if (type !== 'Suspended') return;
  events.record(job, { type: 'Normal', reason: status === 'True' ? 'Suspended' : 'Resumed', message });
}
