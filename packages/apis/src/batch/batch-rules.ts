/** Jobs and CronJobs. */
import { podSpecWarnings } from '../core/pod/pod-warnings.ts';
import type { CronJob, Job } from '../gen/types/batch/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { cronJobCells, jobCells } from './batch-cells.ts';
import { setCronJobDefaults, setJobDefaults } from './job-defaults.ts';
import { validateCronJob, validateJob, validateJobUpdate } from './job-validation.ts';

export const jobRules: KindRules<Job> = {
  hasGeneration: true,
  setDefaults: setJobDefaults,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec, 'spec.template.spec'),
  cells: jobCells,
  prepareForCreate(job) {
    job.status = {};
    if (job.spec?.manualSelector !== true) generateSelector(job);
  },
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
};

/** The pods of a Job are told apart by its uid, unless its author took that over. */
function generateSelector({ metadata, spec }: Job): void {
  if (spec === undefined || metadata.uid === undefined) return;
  const { name = '', uid } = metadata;
  spec.template ??= {};
  spec.template.metadata ??= {};
  spec.template.metadata.labels = {
    ...spec.template.metadata.labels,
    'job-name': name,
    'controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
  };
  spec.selector ??= {};
  spec.selector.matchLabels = { ...spec.selector.matchLabels, 'batch.kubernetes.io/controller-uid': uid };
}

export const cronJobRules: KindRules<CronJob> = {
  hasGeneration: true,
  setDefaults: setCronJobDefaults,
  validate: validateCronJob,
  warnings: ({ spec }) =>
    podSpecWarnings(spec?.jobTemplate?.spec?.template?.spec, 'spec.jobTemplate.spec.template.spec'),
  cells: cronJobCells,
  prepareForCreate(cronJob) {
    cronJob.status = {};
  },
};
