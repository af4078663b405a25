/** Validation of Jobs and CronJobs. */
import { type FieldError, invalidValue, labelSelectorFromObject, notSupported, required } from '@kindred/machinery';
import { validatePodTemplate } from '../core/pod/pod-validation.ts';
import type { CronJob, Job, JobSpec } from '../gen/types/batch/v1.ts';
import { immutable, nonNegative, oneOf, optionalOneOf, selectorErrors } from '../validation/common.ts';
import { scheduleError } from './cron-schedule.ts';

/** The controller appends eleven characters to make names of Jobs. */
const maximumCronJobName = 52;

export function validateJob({ spec }: Job): FieldError[] {
  if (spec === undefined) return [required('spec.template')];
  const errors = jobSpecErrors(spec, 'spec');
  if (spec.selector === undefined) return [...errors, required('spec.selector')];
  errors.push(...selectorErrors('spec.selector', spec.selector));
  const { labels } = spec.template?.metadata ?? {};
  if (errors.length === 0 && !labelSelectorFromObject(spec.selector).matches(labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  return errors;
}

/** Pods that run, or ran, cannot be asked to be others. A suspended Job that never ran may still change its template. */
export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const { spec } = job;
  const errors: FieldError[] = [];
  if (spec?.completionMode !== 'Indexed')
    errors.push(...immutable('spec.completions', spec?.completions, old.spec?.completions));
  errors.push(...immutable('spec.selector', spec?.selector, old.spec?.selector));
  const neverRan = old.spec?.suspend === true && old.status?.startTime === undefined;
  if (!neverRan) errors.push(...immutable('spec.template', spec?.template, old.spec?.template));
  errors.push(...immutable('spec.completionMode', spec?.completionMode, old.spec?.completionMode));
  return [...errors, ...immutable('spec.podFailurePolicy', spec?.podFailurePolicy, old.spec?.podFailurePolicy)];
}

export function validateCronJob({ metadata, spec }: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '' } = metadata;
  if (name.length > maximumCronJobName) {
    errors.push(invalidValue('metadata.name', name, `must be no more than ${maximumCronJobName} characters`));
  }
  const schedule = spec?.schedule ?? '';
  if (schedule === '') errors.push(required('spec.schedule'));
  else {
    const problem = scheduleError(schedule);
    if (problem !== undefined) errors.push(invalidValue('spec.schedule', schedule, problem));
  }
  errors.push(...nonNegative('spec.startingDeadlineSeconds', spec?.startingDeadlineSeconds));
  errors.push(...oneOf('spec.concurrencyPolicy', spec?.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  errors.push(...nonNegative('spec.successfulJobsHistoryLimit', spec?.successfulJobsHistoryLimit));
  errors.push(...nonNegative('spec.failedJobsHistoryLimit', spec?.failedJobsHistoryLimit));
  const jobSpec = spec?.jobTemplate?.spec;
  return jobSpec === undefined
    ? [...errors, required('spec.jobTemplate.spec.template')]
    : [...errors, ...jobSpecErrors(jobSpec, 'spec.jobTemplate.spec')];
}

function jobSpecErrors(spec: JobSpec, path: string): FieldError[] {
  const errors = [
    ...nonNegative(`${path}.parallelism`, spec.parallelism),
    ...nonNegative(`${path}.completions`, spec.completions),
    ...nonNegative(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${path}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${path}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...optionalOneOf(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']),
  ];
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  }
  errors.push(...validatePodTemplate(spec.template, `${path}.template`));
  const field = `${path}.template.spec.restartPolicy`;
  const restartPolicy = spec.template?.spec?.restartPolicy ?? 'Always';
  if (restartPolicy === 'Always') errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') {
    errors.push(notSupported(field, restartPolicy, ['OnFailure', 'Never']));
  }
  return errors;
}
