/** Validation of the workload kinds of apps/v1 and of replication controllers. */
import {
  deepEqual,
  type FieldError,
  forbiddenField,
  invalidValue,
  labelSelectorFromLabels,
  notSupported,
  required,
} from '@kindred/machinery';
import { validatePodTemplate } from '../core/pod/pod-validation.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../gen/types/apps/v1.ts';
import type { PodTemplateSpec, ReplicationController } from '../gen/types/core/v1.ts';
import type { LabelSelector } from '../gen/types/meta/v1.ts';
import {
  immutable,
  intOrPercent,
  isEmptySelector,
  nonNegative,
  oneOf,
  parsedSelector,
  selectorErrors,
} from '../validation/common.ts';

const mismatch = '`selector` does not match template `labels`';

export function validateDeployment({ spec }: Deployment): FieldError[] {
  const { replicas, selector, template, strategy, minReadySeconds = 0, progressDeadlineSeconds } = spec ?? {};
  const errors = [
    ...nonNegative('spec.replicas', replicas),
    ...selectorFieldErrors(selector, 'deployment'),
    ...templateErrors(selector, template, 'ReplicaSet'),
    ...oneOf('spec.strategy.type', strategy?.type, ['Recreate', 'RollingUpdate']),
  ];
  if (strategy?.type === 'Recreate' && strategy.rollingUpdate !== undefined) {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    errors.push(forbiddenField('spec.strategy.rollingUpdate', detail));
  }
  if (strategy?.type === 'RollingUpdate') errors.push(...rollingUpdateErrors(strategy.rollingUpdate ?? {}));
  errors.push(...nonNegative('spec.minReadySeconds', minReadySeconds));
  errors.push(...nonNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit));
  if (progressDeadlineSeconds === undefined) return errors;
  errors.push(...nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds));
  if (progressDeadlineSeconds <= minReadySeconds) {
    const detail = 'must be greater than minReadySeconds';
    errors.push(invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, detail));
  }
  return errors;
}

export function validateReplicaSet({ spec }: ReplicaSet): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec?.replicas),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    // Upstream says "deployment" here, and so do the tests of clients.
    ...selectorFieldErrors(spec?.selector, 'deployment'),
    ...templateErrors(spec?.selector, spec?.template, 'ReplicaSet'),
  ];
}

export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  const { podManagementPolicy: policy = '', updateStrategy } = spec ?? {};
  const errors: FieldError[] = [];
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  if (updateStrategy?.type !== 'RollingUpdate' && updateStrategy?.type !== 'OnDelete') {
    const detail = "must be 'RollingUpdate' or 'OnDelete'";
    errors.push(invalidValue('spec.updateStrategy', { type: updateStrategy?.type }, detail));
  }
  return [
    ...errors,
    ...nonNegative('spec.replicas', spec?.replicas),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...selectorFieldErrors(spec?.selector, 'statefulset'),
    ...templateErrors(spec?.selector, spec?.template, 'StatefulSet'),
  ];
}

export function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  return [
    ...selectorFieldErrors(spec?.selector, 'daemonset'),
    ...templateErrors(spec?.selector, spec?.template, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...oneOf('spec.updateStrategy.type', spec?.updateStrategy?.type, ['OnDelete', 'RollingUpdate']),
    ...nonNegative('spec.revisionHistoryLimit', spec?.revisionHistoryLimit),
  ];
}

export function validateReplicationController({ spec }: ReplicationController): FieldError[] {
  const { selector = {}, template, replicas } = spec ?? {};
  const errors = [
    ...nonNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...(Object.keys(selector).length === 0 ? [required('spec.selector')] : []),
    ...nonNegative('spec.replicas', replicas),
  ];
  if (template === undefined) return [...errors, required('spec.template')];
  const { labels } = template.metadata ?? {};
  if (Object.keys(selector).length > 0 && !labelSelectorFromLabels(selector).matches(labels)) {
    errors.push(invalidValue('spec.template.metadata.labels', labels, mismatch));
  }
  return [
    ...errors,
    ...validatePodTemplate(template, 'spec.template'),
    ...alwaysRestarted(template, 'ReplicationController'),
  ];
}

/** Whose pods are whose is settled for good when the object is made. */
export function validateSelectorUpdate(
  object: Deployment | ReplicaSet | DaemonSet,
  old: Deployment | ReplicaSet | DaemonSet,
): FieldError[] {
  return immutable('spec.selector', object.spec?.selector, old.spec?.selector);
}

const updatableStatefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const changed = Object.keys({ ...spec, ...old.spec }).some(
    (field) =>
      !updatableStatefulSetFields.includes(field) && !deepEqual(memberOf(spec, field), memberOf(old.spec, field)),
  );
  if (!changed) return [];
  const quoted = updatableStatefulSetFields.map((field) => `'${field}'`);
  const names = `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${names} are forbidden`)];
}

function memberOf(object: object | undefined, member: string): unknown {
  return new Map<string, unknown>(Object.entries(object ?? {})).get(member);
}

function selectorFieldErrors(selector: LabelSelector | undefined, kind: string): FieldError[] {
  if (selector === undefined) return [required('spec.selector')];
  const errors = selectorErrors('spec.selector', selector);
  if (isEmptySelector(selector)) {
    errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`));
  }
  return errors;
}

function templateErrors(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: string,
): FieldError[] {
  const parsed = parsedSelector(selector);
  if (parsed === undefined) return [invalidValue('spec.selector', selector, 'invalid label selector')];
  const { labels } = template?.metadata ?? {};
  // No selector at all matches nothing; an empty one everything, which its own error forbids.
  const mismatches = (selector === undefined || !parsed.isEmpty) && !parsed.matches(labels);
  return [
    ...(mismatches ? [invalidValue('spec.template.metadata.labels', labels, mismatch)] : []),
    ...validatePodTemplate(template, 'spec.template'),
    ...alwaysRestarted(template, kind),
  ];
}

/** Workloads replace pods that end: a pod that means to end has no place in them. */
function alwaysRestarted(template: PodTemplateSpec | undefined, kind: string): FieldError[] {
  const errors: FieldError[] = [];
  const restartPolicy = template?.spec?.restartPolicy ?? 'Always';
  if (restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbiddenField('spec.template.spec.activeDeadlineSeconds', detail));
  }
  return errors;
}

function rollingUpdateErrors(update: { maxUnavailable?: number | string; maxSurge?: number | string }): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = update;
  const path = 'spec.strategy.rollingUpdate';
  const errors = [
    ...intOrPercent(`${path}.maxUnavailable`, maxUnavailable),
    ...intOrPercent(`${path}.maxSurge`, maxSurge),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    errors.push(invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  }
  return errors;
}

function isZero(value: number | string): boolean {
  return value === 0 || value === '0%';
}
