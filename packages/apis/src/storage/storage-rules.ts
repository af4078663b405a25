/** storage.k8s.io. */
import type { CSIDriver, StorageClass } from '../gen/types/storage/v1.ts';
import type { KindRules } from '../kind-rules.ts';

export const storageClassRules: KindRules<StorageClass> = {
  setDefaults(storageClass) {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
};

export const csiDriverRules: KindRules<CSIDriver> = {
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
