/** Validation of pods and pod templates. */
import {
  checkDnsLabel,
  checkDnsSubdomain,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
  validateAnnotations,
  validateLabels,
} from '@kindred/machinery';
import type { Pod, PodSpec, PodTemplateSpec, Toleration } from '../../gen/types/core/v1.ts';
import { named, nonNegative, oneOf, optionalOneOf } from '../../validation/common.ts';
import { type ContainerContext, validateContainers, validateInitContainers } from './container-validation.ts';
import { validateVolumes } from './volume-validation.ts';

const maximumInt32 = 2 ** 31 - 1;
const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validatePod({ spec }: Pod): FieldError[] {
  return validatePodSpec(spec ?? { containers: [] }, 'spec');
}

export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const { metadata, spec = { containers: [] } } = template ?? {};
  const errors = [
    ...validateLabels(metadata?.labels ?? {}, `${path}.labels`),
    ...validateAnnotations(metadata?.annotations ?? {}, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  }
  return errors;
}

/** As the API reference documents the fields; what a spec lacks has been defaulted before. */
function validatePodSpec(spec: Partial<PodSpec>, path: string): FieldError[] {
  const { volumes = [], containers = [], initContainers = [] } = spec;
  const context: ContainerContext = { volumes: new Set(volumes.map(({ name }) => name)), names: new Set() };
  const errors = [
    ...validateVolumes(volumes, `${path}.volumes`),
    ...validateContainers(containers, `${path}.containers`, context),
    ...validateInitContainers(initContainers, `${path}.initContainers`, context),
    ...oneOf(`${path}.restartPolicy`, spec.restartPolicy ?? 'Always', ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy ?? 'ClusterFirst', [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...validateLabels(spec.nodeSelector ?? {}, `${path}.nodeSelector`),
    ...hostNetworkErrors(spec, path),
  ];
  for (const [index, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    if (!name) errors.push(required(`${path}.imagePullSecrets[${index}].name`));
  }
  if (spec.serviceAccountName)
    errors.push(...named(`${path}.serviceAccountName`, spec.serviceAccountName, checkDnsSubdomain));
  if (spec.nodeName) errors.push(...named(`${path}.nodeName`, spec.nodeName, checkDnsSubdomain));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > maximumInt32)) {
    errors.push(
      invalidValue(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${maximumInt32}, inclusive`),
    );
  }
  if (spec.hostname) errors.push(...named(`${path}.hostname`, spec.hostname, checkDnsLabel));
  if (spec.subdomain) errors.push(...named(`${path}.subdomain`, spec.subdomain, checkDnsLabel));
  errors.push(...tolerationErrors(spec.tolerations ?? [], `${path}.tolerations`));
  if (spec.priorityClassName)
    errors.push(...named(`${path}.priorityClassName`, spec.priorityClassName, checkDnsSubdomain));
  if (spec.runtimeClassName)
    errors.push(...named(`${path}.runtimeClassName`, spec.runtimeClassName, checkDnsSubdomain));
  return [...errors, ...nonNegative(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds)];
}

function hostNetworkErrors({ hostNetwork, containers = [] }: Partial<PodSpec>, path: string): FieldError[] {
  if (hostNetwork !== true) return [];
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort, containerPort }, port) =>
      hostPort === undefined || hostPort === containerPort
        ? []
        : [
            invalidValue(
              `${path}.containers[${index}].ports[${port}].containerPort`,
              containerPort,
              'must match `hostPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

function tolerationErrors(tolerations: readonly Toleration[], path: string): FieldError[] {
  return tolerations.flatMap(({ key, operator = 'Equal', value, effect, tolerationSeconds }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!key && operator !== 'Exists') {
      errors.push(
        invalidValue(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        invalidValue(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    }
    if (operator === 'Exists' && value) {
      errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    }
    errors.push(...oneOf(`${at}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
    return effect ? [...errors, ...optionalOneOf(`${at}.effect`, effect, effects)] : errors;
  });
}
