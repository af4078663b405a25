/** The workload kinds of apps/v1. */
import { podSpecWarnings } from '../core/pod/pod-warnings.ts';
import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../gen/types/apps/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { workloadScale } from './scale.ts';
import { omitZeroCounts } from './status-counts.ts';
import {
  controllerRevisionCells,
  daemonSetCells,
  deploymentCells,
  replicaSetCells,
  statefulSetCells,
} from './workload-cells.ts';
import {
  setDaemonSetDefaults,
  setDeploymentDefaults,
  setReplicaSetDefaults,
  setStatefulSetDefaults,
} from './workload-defaults.ts';
import {
  validateDaemonSet,
  validateDeployment,
  validateReplicaSet,
  validateSelectorUpdate,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from './workload-validation.ts';

const templatePath = 'spec.template.spec';
const deploymentCounts = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
] as const;
const replicaSetCounts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas'] as const;

export const deploymentRules: KindRules<Deployment> = {
  hasGeneration: true,
  scale: workloadScale,
  setDefaults: setDeploymentDefaults,
  validate: validateDeployment,
  validateUpdate: validateSelectorUpdate,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec, templatePath),
  cells: deploymentCells,
  prepareForUpdate({ status }) {
    omitZeroCounts(status, deploymentCounts);
  },
};

export const replicaSetRules: KindRules<ReplicaSet> = {
  hasGeneration: true,
  scale: workloadScale,
  setDefaults: setReplicaSetDefaults,
  validate: validateReplicaSet,
  validateUpdate: validateSelectorUpdate,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec, templatePath),
  cells: replicaSetCells,
  prepareForCreate(set) {
    set.status = { replicas: 0 };
  },
  prepareForUpdate({ status }) {
    omitZeroCounts(status, replicaSetCounts);
  },
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
};

export const statefulSetRules: KindRules<StatefulSet> = {
  hasGeneration: true,
  scale: workloadScale,
  setDefaults: setStatefulSetDefaults,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec, templatePath),
  cells: statefulSetCells,
  prepareForCreate(set) {
    set.status = { replicas: 0, availableReplicas: 0 };
  },
};

export const daemonSetRules: KindRules<DaemonSet> = {
  hasGeneration: true,
  setDefaults: setDaemonSetDefaults,
  validate: validateDaemonSet,
  validateUpdate: validateSelectorUpdate,
  warnings: ({ spec }) => podSpecWarnings(spec?.template?.spec, templatePath),
  cells: daemonSetCells,
  prepareForCreate(set) {
    set.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  },
};

export const controllerRevisionRules: KindRules<ControllerRevision> = { cells: controllerRevisionCells };
