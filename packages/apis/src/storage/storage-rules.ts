/** storage.k8s.io. */

import { storageClassCells } from '../core/volume/volume-cells.ts';
import { validateStorageClass, validateStorageClassUpdate } from '../core/volume/volume-validation.ts';
import type { CSIDriver, CSINode, StorageClass, VolumeAttachment } from '../gen/types/storage/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { csiDriverCells, csiNodeCells, volumeAttachmentCells } from '../printing/other-cells.ts';

export const storageClassRules: KindRules<StorageClass> = {
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  cells: storageClassCells,
  setDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
};

export const csiDriverRules: KindRules<CSIDriver> = {
  cells: csiDriverCells,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  setDefaults({ spec }) {
    if (spec === undefined) return;
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.volumeLifecycleModes ??= ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
};

export const csiNodeRules: KindRules<CSINode> = {
  allowUnconditionalUpdate: false,
  cells: csiNodeCells,
};

export const volumeAttachmentRules: KindRules<VolumeAttachment> = {
  allowUnconditionalUpdate: false,
  cells: volumeAttachmentCells,
};
