/** Defaults of Jobs and CronJobs. */

import { setPodTemplateDefaults } from '../core/pod/pod-defaults.ts';
import type { CronJob, Job, JobSpec } from '../gen/types/batch/v1.ts';

export function setJobDefaults(job: Job): void {
  const { spec } = job;
  if (spec === undefined) return;
  setJobSpecDefaults(spec);
  // A Job that says neither runs one pod once; one with only `completions` runs them one after the other.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined && Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
}

/** What templates of Jobs get too. */
function setJobSpecDefaults(spec: JobSpec): void {
  setPodTemplateDefaults(spec.template);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ??= 'True';
  }
}

export function setCronJobDefaults({ spec }: CronJob): void {
  if (spec === undefined) return;
  spec.concurrencyPolicy ??= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  if (spec.jobTemplate?.spec !== undefined) setJobSpecDefaults(spec.jobTemplate.spec);
}
