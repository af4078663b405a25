/** Validation of persistent volumes, claims and storage classes. */
import { deepEqual, type FieldError, forbiddenField, notSupported, required } from '@kindred/machinery';
import type { PersistentVolume, PersistentVolumeClaim } from '../../gen/types/core/v1.ts';
import type { StorageClass } from '../../gen/types/storage/v1.ts';
import { immutable, optionalOneOf, selectorErrors } from '../../validation/common.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Fields of a volume's spec that say how it is used; any other names where it is. */
const usageFields = [
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
];

export function validatePersistentVolume({ spec }: PersistentVolume): FieldError[] {
  const errors = accessModeErrors(spec?.accessModes);
  if (Object.keys(spec?.capacity ?? {}).length === 0) errors.push(required('spec.capacity'));
  else if (spec?.capacity?.['storage'] === undefined) {
    errors.push(notSupported('spec.capacity', spec?.capacity, ['storage']));
  }
  const sources = Object.keys(spec ?? {}).filter((field) => !usageFields.includes(field));
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'));
  for (const source of sources.slice(1)) {
    errors.push(forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type'));
  }
  const policies = ['Delete', 'Recycle', 'Retain'];
  return [
    ...errors,
    ...optionalOneOf('spec.persistentVolumeReclaimPolicy', spec?.persistentVolumeReclaimPolicy, policies),
    ...optionalOneOf('spec.volumeMode', spec?.volumeMode, ['Block', 'Filesystem']),
  ];
}

export function validatePersistentVolumeClaim({ spec }: PersistentVolumeClaim): FieldError[] {
  const errors = [...accessModeErrors(spec?.accessModes), ...selectorErrors('spec.selector', spec?.selector)];
  if (spec?.resources?.requests?.['storage'] === undefined) errors.push(required('spec.resources[storage]'));
  return [...errors, ...optionalOneOf('spec.volumeMode', spec?.volumeMode, ['Block', 'Filesystem'])];
}

/** A claim may ask for more once it is bound, and be bound once; the rest stays. */
export function validatePersistentVolumeClaimUpdate(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
  subresource: string,
): FieldError[] {
  if (subresource !== '' || claim.spec === undefined || old.spec === undefined) return [];
  const before = { ...old.spec };
  const spec = { ...claim.spec, resources: before.resources };
  if (before.volumeName === undefined || before.volumeName === '') before.volumeName = spec.volumeName ?? '';
  if (before.storageClassName === undefined) before.storageClassName = spec.storageClassName ?? '';
  spec.volumeName ??= '';
  spec.storageClassName ??= '';
  const changed = Object.keys({ ...spec, ...before }).some(
    (field) => field !== 'volumeAttributesClassName' && !deepEqual(memberOf(spec, field), memberOf(before, field)),
  );
  if (!changed) return [];
  const detail =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
  return [forbiddenField('spec', detail)];
}

export function validateStorageClass({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): FieldError[] {
  return [
    ...(provisioner ? [] : [required('provisioner')]),
    ...optionalOneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']),
    ...optionalOneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ];
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const fields = ['parameters', 'provisioner', 'reclaimPolicy'] as const;
  const changed = fields.filter((field) => !deepEqual(storageClass[field] ?? {}, old[field] ?? {}));
  return [
    ...changed.map((field) => forbiddenField(field, `updates to ${field} are forbidden.`)),
    ...immutable('volumeBindingMode', storageClass.volumeBindingMode, old.volumeBindingMode),
  ];
}

function accessModeErrors(modes: readonly string[] = []): FieldError[] {
  if (modes.length === 0) return [required('spec.accessModes', 'at least 1 access mode is required')];
  return modes
    .filter((mode) => !accessModes.includes(mode))
    .map((mode) => notSupported('spec.accessModes', mode, accessModes));
}

function memberOf(object: object, member: string): unknown {
  return new Map<string, unknown>(Object.entries(object)).get(member);
}
