/** Rules of the smaller kinds of the core group. */

import { checkDnsLabel } from '@kindred/machinery';
import { replicationControllerScale } from '../apps/scale.ts';
import { setReplicationControllerDefaults } from '../apps/workload-defaults.ts';
import { validateReplicationController } from '../apps/workload-validation.ts';
import { setQuantityStrings } from '../defaults/quantities.ts';
import type {
  ConfigMap,
  Endpoints,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  ReplicationController,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from '../gen/types/core/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { validateServiceAccount } from '../validation/small-kinds.ts';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateSecret,
  validateSecretUpdate,
} from './config-validation.ts';
import {
  configMapCells,
  namespaceCells,
  nodeCells,
  replicationControllerCells,
  resourceQuotaCells,
  secretCells,
} from './core-cells.ts';
import { setClaimSpecDefaults } from './pod/volume-defaults.ts';
import { endpointsCells } from './service/service-cells.ts';
import { validateEndpoints } from './service/service-validation.ts';
import { persistentVolumeCells, persistentVolumeClaimCells } from './volume/volume-cells.ts';
import {
  validatePersistentVolume,
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimUpdate,
} from './volume/volume-validation.ts';

export const configMapRules: KindRules<ConfigMap> = {
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  cells: configMapCells,
};

export const secretRules: KindRules<Secret> = {
  setDefaults(secret) {
    secret.type ??= 'Opaque';
    if (secret.stringData === undefined) return;
    // Written in clear for convenience only: it is stored, and read back, as data.
    secret.data ??= {};
    for (const [key, value] of Object.entries(secret.stringData))
      secret.data[key] = Buffer.from(value).toString('base64');
    delete secret.stringData;
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  cells: secretCells,
  selectableFields: ({ type }) => ({ type: type ?? '' }),
};

/** Deleting a namespace waits for this finalizer, which the namespace controller takes away when all in it is gone. */
const namespaceFinalizer = 'kubernetes';

export const namespaceRules: KindRules<Namespace> = {
  nameCheck: checkDnsLabel,
  setDefaults({ metadata }) {
    if (metadata.name === undefined) return;
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  },
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec?.finalizers ?? [];
    const own = finalizers.includes(namespaceFinalizer) ? finalizers : [...finalizers, namespaceFinalizer];
    namespace.spec = { ...namespace.spec, finalizers: own };
  },
  prepareForUpdate(namespace, old, subresource) {
    if (subresource === '' && old.spec !== undefined) namespace.spec = { ...namespace.spec, ...old.spec };
    if (subresource === 'finalize' && old.status !== undefined) namespace.status = old.status;
  },
  validate: () => [],
  cells: namespaceCells,
  selectableFields: ({ metadata, status }) => ({ 'status.phase': status?.phase ?? '', name: metadata.name ?? '' }),
};

export const nodeRules: KindRules<Node> = {
  statusWritesMetadata: true,
  setDefaults({ status }) {
    setQuantityStrings(status?.capacity);
    if (status === undefined) return;
    if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
    setQuantityStrings(status.allocatable);
  },
  validate: () => [],
  cells: nodeCells,
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
};

export const endpointsRules: KindRules<Endpoints> = {
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  validate: validateEndpoints,
  cells: endpointsCells,
  allowCreateOnUpdate: true,
  setDefaults({ subsets }) {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ??= 'TCP';
  },
};

export const persistentVolumeRules: KindRules<PersistentVolume> = {
  validate: validatePersistentVolume,
  cells: persistentVolumeCells,
  setDefaults({ spec }) {
    if (spec === undefined) return;
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    setQuantityStrings(spec.capacity);
    if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
  },
  prepareForCreate(volume) {
    volume.status = { phase: 'Pending' };
  },
};

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  validate: validatePersistentVolumeClaim,
  validateUpdate: validatePersistentVolumeClaimUpdate,
  cells: persistentVolumeClaimCells,
  setDefaults: ({ spec }) => setClaimSpecDefaults(spec),
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
};

export const replicationControllerRules: KindRules<ReplicationController> = {
  hasGeneration: true,
  scale: replicationControllerScale,
  validate: validateReplicationController,
  cells: replicationControllerCells,
  setDefaults: setReplicationControllerDefaults,
  prepareForCreate(controller) {
    controller.status = { replicas: 0 };
  },
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
};

export const resourceQuotaRules: KindRules<ResourceQuota> = {
  cells: resourceQuotaCells,
  setDefaults: ({ spec }) => setQuantityStrings(spec?.hard),
};

export const limitRangeRules: KindRules<LimitRange> = {
  allowCreateOnUpdate: true,
  setDefaults({ spec }) {
    for (const item of spec?.limits ?? []) {
      for (const quantities of [item.default, item.defaultRequest, item.max, item.min, item.maxLimitRequestRatio]) {
        setQuantityStrings(quantities);
      }
      if (item.type !== 'Container') continue;
      if (item.max !== undefined) item.default = { ...item.max, ...item.default };
      const fallback = { ...item.min, ...item.default };
      if (Object.keys(fallback).length > 0) item.defaultRequest = { ...fallback, ...item.defaultRequest };
    }
  },
};

export const serviceAccountRules: KindRules<ServiceAccount> = {
  validate: validateServiceAccount,
};
