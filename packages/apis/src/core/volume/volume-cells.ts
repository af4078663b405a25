/** Cells of persistent volumes, claims and storage classes. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../gen/types/core/v1.ts';
import type { StorageClass } from '../../gen/types/storage/v1.ts';
import { ageOf } from '../../printing/age.ts';

const accessModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const defaultClassAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export function persistentVolumeCells({ metadata, spec, status }: PersistentVolume, now: number): unknown[] {
  const claim = spec?.claimRef;
  return [
    metadata.name ?? '',
    String(spec?.capacity?.['storage'] ?? '0'),
    accessModesCell(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
    metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? '',
    spec?.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    ageOf(metadata.creationTimestamp, now),
    spec?.volumeMode ?? '<unset>',
  ];
}

export function persistentVolumeClaimCells({ metadata, spec, status }: PersistentVolumeClaim, now: number): unknown[] {
  // Until a volume is bound, what was asked for says nothing about what there is.
  const isBound = spec?.volumeName !== undefined && spec.volumeName !== '';
  return [
    metadata.name ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    spec?.volumeName ?? '',
    isBound ? String(status?.capacity?.['storage'] ?? '0') : '',
    isBound ? accessModesCell(status?.accessModes) : '',
    metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? '',
    spec?.volumeAttributesClassName ?? '<unset>',
    ageOf(metadata.creationTimestamp, now),
    spec?.volumeMode ?? '<unset>',
  ];
}

export function storageClassCells(storageClass: StorageClass, now: number): unknown[] {
  const { metadata } = storageClass;
  const isDefault = defaultClassAnnotations.some((annotation) => metadata.annotations?.[annotation] === 'true');
  return [
    `${metadata.name ?? ''}${isDefault ? ' (default)' : ''}`,
    storageClass.provisioner ?? '',
    storageClass.reclaimPolicy ?? 'Delete',
    storageClass.volumeBindingMode ?? 'Immediate',
    storageClass.allowVolumeExpansion ?? false,
    ageOf(metadata.creationTimestamp, now),
  ];
}

function accessModesCell(modes: readonly string[] = []): string {
  return [...new Set(modes)].map((mode) => accessModes[mode] ?? mode).join(',');
}
