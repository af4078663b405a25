/** Validation of kinds that have only a rule or two beyond their required fields. */
import { checkDnsSubdomain, type FieldError, forbiddenField, invalidValue, required } from '@kindred/machinery';
import type { HorizontalPodAutoscaler } from '../gen/types/autoscaling/v2.ts';
import type { Lease } from '../gen/types/coordination/v1.ts';
import type { Event, ServiceAccount } from '../gen/types/core/v1.ts';
import type { PodDisruptionBudget } from '../gen/types/policy/v1.ts';
import type { PriorityClass } from '../gen/types/scheduling/v1.ts';
import { intOrPercent, named, nonNegative, oneOf, selectorErrors } from './common.ts';

export function validateLease({ spec }: Lease): FieldError[] {
  const duration = spec?.leaseDurationSeconds;
  const errors = nonNegative('spec.leaseTransitions', spec?.leaseTransitions);
  if (duration === undefined || duration > 0) return errors;
  return [...errors, invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')];
}

export function validateServiceAccount({ secrets = [], imagePullSecrets = [] }: ServiceAccount): FieldError[] {
  return [
    ...secrets.flatMap(({ name }, index) => (name ? named(`secrets[${index}].name`, name, checkDnsSubdomain) : [])),
    ...imagePullSecrets.flatMap(({ name }, index) => (name ? [] : [required(`imagePullSecrets[${index}].name`)])),
  ];
}

/** Events of cluster-scoped objects live in `default`. */
export function validateEvent({ metadata, involvedObject }: Event): FieldError[] {
  const about = involvedObject?.namespace || 'default';
  if (metadata.namespace === about || (!involvedObject?.namespace && metadata.namespace === 'kube-system')) return [];
  return [invalidValue('involvedObject.namespace', involvedObject?.namespace ?? '', 'does not match event.namespace')];
}

export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    errors.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  }
  return [
    ...errors,
    ...intOrPercent('spec.minAvailable', spec?.minAvailable),
    ...intOrPercent('spec.maxUnavailable', spec?.maxUnavailable),
    ...selectorErrors('spec.selector', spec?.selector),
  ];
}

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas = 1, scaleTargetRef } = spec ?? {};
  const maxReplicas = spec?.maxReplicas ?? 0;
  const errors: FieldError[] = [];
  if (minReplicas < 1) errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) {
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  if (!scaleTargetRef?.kind) errors.push(required('spec.scaleTargetRef.kind'));
  if (!scaleTargetRef?.name) errors.push(required('spec.scaleTargetRef.name'));
  return errors;
}

/** Above this the system's own classes live. */
const highestUserPriority = 1_000_000_000;

export function validatePriorityClass({ metadata, value = 0, preemptionPolicy }: PriorityClass): FieldError[] {
  const { name = '' } = metadata;
  const errors: FieldError[] = [];
  if (name.startsWith('system-')) {
    if (name !== 'system-node-critical' && name !== 'system-cluster-critical') {
      const detail = "priority class names with 'system-' prefix are reserved for system use only";
      errors.push(forbiddenField('metadata.name', detail));
    }
  } else if (value > highestUserPriority) {
    const detail = `maximum allowed value of a user defined priority is ${highestUserPriority}`;
    errors.push(forbiddenField('value', detail));
  }
  return [...errors, ...oneOf('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never'])];
}

export function validatePriorityClassUpdate(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  return priorityClass.value === old.value ? [] : [forbiddenField('value', 'may not be changed in an update.')];
}
