/** Starts jobs on a schedule. Source: "CronJob", Kubernetes documentation. */
import { CronJob, Job } from '@kindred/apis/batch/v1';
import type { Client } from '@kindred/client';
import { deepEqual, formatTime, isStatusError, type Observed } from '@kindred/machinery';
import { controllerRef, imperative, type ReconcileContext, type Runnable } from '@kindred/operator';
import { isNamespaceTerminating, settled, unlessGone } from '../writes/settled.ts';
import { parseSchedule, type Schedule } from './cron-schedule.ts';
import { planCronJob } from './plan.ts';

const scheduledAt = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export interface CronJobControllerOptions {
  /** For cron jobs that name none: `Etc/UTC` when not given. */
  readonly timeZone?: string;
}

/** @example manager.add(cronJobController()); */
export function cronJobController({ timeZone = 'Etc/UTC' }: CronJobControllerOptions = {}): Runnable {
  return imperative(CronJob, {
    name: 'cronjob-controller',
    concurrency: 5,
    owns: [Job],
    rules: [
      { apiGroups: ['batch'], resources: ['cronjobs/status', 'cronjobs/finalizers'], verbs: ['update'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
    async reconcile(context) {
      const cronJob = context.object;
      if (cronJob?.spec === undefined) return undefined;
      const schedule = scheduleOf(context, cronJob, cronJob.spec.timeZone ?? timeZone);
      if (schedule === undefined) return undefined;
      const plan = planCronJob(cronJob, context.owned(Job), { schedule, now: context.now() });
      for (const event of plan.events) context.events.record(cronJob, event);
      for (const job of plan.forget) await deleteJob(context.client, job);
      for (const job of plan.replace) await deleteJob(context.client, job);
      const started = plan.start === undefined ? undefined : await start(context, cronJob, plan.start);
      const status = started === undefined ? plan.status : { ...plan.status, lastScheduleTime: started };
      if (!deepEqual(cronJob.status ?? {}, status)) {
        await settled(context.client.updateStatus(CronJob, { ...cronJob, status }));
      }
      return plan.lookAgain === undefined ? undefined : { requeueAfter: plan.lookAgain };
    },
  });
}

/** A schedule that can't be read waits for its author; trying again is of no use. */
function scheduleOf(
  { events }: ReconcileContext<CronJob>,
  cronJob: Observed<CronJob>,
  timeZone: string,
): Schedule | undefined {
  const text = cronJob.spec?.schedule ?? '';
  try {
    return parseSchedule(text, timeZone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `unparseable schedule: "${text}" : ${error.message}`;
    events.record(cronJob, { type: 'Warning', reason: 'UnparseableSchedule', message });
    return undefined;
  }
}

/** One job for one scheduled time: its name says which, so it can't be made twice. Answers the time when it is there. */
async function start(
  { client, events }: ReconcileContext<CronJob>,
  cronJob: Observed<CronJob>,
  time: number,
): Promise<string | undefined> {
  const { namespace = '' } = cronJob.metadata;
  const { metadata, spec } = cronJob.spec?.jobTemplate ?? {};
  const name = `${cronJob.metadata.name}-${Math.floor(time / 60_000)}`;
  const annotations = { ...metadata?.annotations, [scheduledAt]: formatTime(time) };
  const labels = metadata?.labels === undefined ? {} : { labels: metadata.labels };
  const ownerReferences = [controllerRef(CronJob, cronJob)];
  const job = { metadata: { namespace, name, annotations, ownerReferences, ...labels }, ...(spec && { spec }) };
  try {
    await client.create(Job, job);
    events.record(cronJob, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}` });
    return formatTime(time);
  } catch (error) {
    if (isStatusError(error, 'AlreadyExists')) return formatTime(time);
    if (isNamespaceTerminating(error)) return undefined;
    const message = `Error creating job: ${error instanceof Error ? error.message : String(error)}`;
    events.record(cronJob, { type: 'Warning', reason: 'FailedCreate', message });
    throw error;
  }
}

async function deleteJob(client: Client, { metadata }: Observed<Job>): Promise<void> {
  const { uid } = metadata;
  await unlessGone(client.delete(Job, metadata, { propagationPolicy: 'Background', preconditions: { uid } }));
}
