/** Defaults of a pod's volumes, source by source. */

import { canonicalQuantity, setQuantityStrings } from '../../defaults/quantities.ts';
import type { PersistentVolumeClaimSpec, Volume, VolumeProjection } from '../../gen/types/core/v1.ts';
import { defaultPullPolicy } from './pull-policy.ts';

/** rw-r--r--: what files of a volume get unless it says otherwise. */
const defaultFileMode = 0o644;

export function setVolumeDefaults(volume: Volume): void {
  if (Object.keys(volume).every((member) => member === 'name')) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source !== undefined) source.defaultMode ??= defaultFileMode;
  }
  if (volume.emptyDir?.sizeLimit !== undefined)
    volume.emptyDir.sizeLimit = canonicalQuantity(volume.emptyDir.sizeLimit);
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  setFieldRefDefaults(volume.downwardAPI?.items);
  for (const projection of volume.projected?.sources ?? []) setProjectionDefaults(projection);
  setClaimSpecDefaults(volume.ephemeral?.volumeClaimTemplate?.spec);
  if (volume.image !== undefined) volume.image.pullPolicy ??= defaultPullPolicy(volume.image.reference ?? '');
  setNetworkDiskDefaults(volume);
}

/** Claims of pods, of stateful sets and on their own. */
export function setClaimSpecDefaults(spec: PersistentVolumeClaimSpec | undefined): void {
  if (spec === undefined) return;
  spec.volumeMode ??= 'Filesystem';
  setQuantityStrings(spec.resources?.requests);
  setQuantityStrings(spec.resources?.limits);
}

function setProjectionDefaults(projection: VolumeProjection): void {
  if (projection.serviceAccountToken !== undefined) projection.serviceAccountToken.expirationSeconds ??= 3600;
  setFieldRefDefaults(projection.downwardAPI?.items);
}

function setFieldRefDefaults(items: readonly { fieldRef?: { apiVersion?: string } }[] | undefined): void {
  for (const { fieldRef } of items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
}

function setNetworkDiskDefaults({ iscsi, rbd, azureDisk, scaleIO }: Volume): void {
  if (iscsi !== undefined) iscsi.iscsiInterface ??= 'default';
  if (rbd !== undefined) {
    rbd.pool ??= 'rbd';
    rbd.user ??= 'admin';
    rbd.keyring ??= '/etc/ceph/keyring';
  }
  if (azureDisk !== undefined) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO !== undefined) {
    scaleIO.storageMode ??= 'ThinProvisioned';
    scaleIO.fsType ??= 'xfs';
  }
}
