/** What an update of a pod may change: hardly anything, since its containers run. */
import { deepEqual, type FieldError, forbiddenField, invalidValue } from '@kindred/machinery';
import type { Container, Pod, PodSpec, Toleration } from '../../gen/types/core/v1.ts';

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

export function validatePodUpdate(pod: Pod, old: Pod, subresource: string): FieldError[] {
  // Subresources write what they are for: the node, ephemeral containers, resources, the status.
  if (subresource !== '' || pod.spec === undefined || old.spec === undefined) return [];
  const { spec } = pod;
  const before = old.spec;
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list] ?? []).length === (before[list] ?? []).length) continue;
    return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  const errors = [...deadlineErrors(spec, before), ...addedTolerationErrors(spec, before)];
  if (deepEqual(withUpdatableOf(spec, before), before)) return errors;
  const changed = changedFields(spec, before).map((field) => `  spec.${field}`);
  const detail = `pod updates may not change fields other than ${updatable}\n${changed.join('\n')}`;
  return [...errors, forbiddenField('spec', detail)];
}

/** The new spec with everything that may change set back: what is left must equal the old one. */
function withUpdatableOf(spec: PodSpec, old: PodSpec): PodSpec {
  const result: PodSpec = { ...spec, containers: withImagesOf(spec.containers ?? [], old.containers ?? []) };
  if (spec.initContainers !== undefined) {
    result.initContainers = withImagesOf(spec.initContainers, old.initContainers ?? []);
  }
  copyField(result, old, 'activeDeadlineSeconds');
  copyField(result, old, 'tolerations');
  // Gates are only ever opened: the scheduler waits for the last one to go.
  const gates = old.schedulingGates ?? [];
  if ((spec.schedulingGates ?? []).every((gate) => gates.some((one) => one.name === gate.name))) {
    copyField(result, old, 'schedulingGates');
  }
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    copyField(result, old, 'terminationGracePeriodSeconds');
  }
  return result;
}

function withImagesOf(containers: readonly Container[], old: readonly Container[]): Container[] {
  return containers.map((container, index) => {
    const image = old[index]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

function copyField<K extends keyof PodSpec>(spec: PodSpec, old: PodSpec, field: K): void {
  if (old[field] === undefined) delete spec[field];
  else spec[field] = old[field];
}

function changedFields(spec: PodSpec, old: PodSpec): string[] {
  const munged = new Map<string, unknown>(Object.entries(withUpdatableOf(spec, old)));
  const before = new Map<string, unknown>(Object.entries(old));
  return [...new Set([...munged.keys(), ...before.keys()])]
    .filter((field) => !deepEqual(munged.get(field), before.get(field)))
    .toSorted();
}

function deadlineErrors({ activeDeadlineSeconds: deadline }: PodSpec, old: PodSpec): FieldError[] {
  const before = old.activeDeadlineSeconds;
  if (before === undefined) return [];
  const field = 'spec.activeDeadlineSeconds';
  if (deadline === undefined)
    return [invalidValue(field, undefined, 'must not update from a positive integer to nil value')];
  return deadline > before ? [invalidValue(field, deadline, 'must be less than or equal to previous value')] : [];
}

function addedTolerationErrors({ tolerations = [] }: PodSpec, old: PodSpec): FieldError[] {
  const kept = (old.tolerations ?? []).every((one) =>
    tolerations.some((candidate) => deepEqual(withoutSeconds(candidate), withoutSeconds(one))),
  );
  if (kept) return [];
  return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function withoutSeconds({ tolerationSeconds: _seconds, ...rest }: Toleration): Toleration {
  return rest;
}
