/** Cells of Jobs and CronJobs. */
import { formatAge } from '@kindred/machinery';
import type { CronJob, Job } from '../gen/types/batch/v1.ts';
import { ageOf } from '../printing/age.ts';
import { containerCells, flagCell, none, selectorCell } from '../printing/cell-text.ts';

export function jobCells(job: Job, now: number): unknown[] {
  const { metadata, spec } = job;
  return [
    metadata.name ?? '',
    jobStatus(job),
    completionsCell(job),
    durationCell(job, now),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
    selectorCell(spec?.selector),
  ];
}

export function cronJobCells({ metadata, spec, status }: CronJob, now: number): unknown[] {
  return [
    metadata.name ?? '',
    spec?.schedule ?? '',
    spec?.timeZone ?? none,
    flagCell(spec?.suspend),
    status?.active?.length ?? 0,
    status?.lastScheduleTime === undefined ? none : ageOf(status.lastScheduleTime, now),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.jobTemplate?.spec?.template?.spec),
    selectorCell(spec?.jobTemplate?.spec?.selector),
  ];
}

function jobStatus({ metadata, status }: Job): string {
  const holds = (type: string) =>
    (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, now: number): string {
  if (status?.startTime === undefined) return '';
  const end = status.completionTime === undefined ? now : Date.parse(status.completionTime);
  return formatAge(end - Date.parse(status.startTime));
}
