/** Defaults of the workload kinds of apps/v1 and of replication controllers. */

import { setPodTemplateDefaults } from '../core/pod/pod-defaults.ts';
import { setClaimSpecDefaults } from '../core/pod/volume-defaults.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../gen/types/apps/v1.ts';
import type { ReplicationController } from '../gen/types/core/v1.ts';

export function setDeploymentDefaults({ spec }: Deployment): void {
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  setPodTemplateDefaults(spec.template);
}

export function setReplicaSetDefaults({ spec }: ReplicaSet): void {
  if (spec === undefined) return;
  spec.replicas ??= 1;
  setPodTemplateDefaults(spec.template);
}

export function setStatefulSetDefaults({ spec }: StatefulSet): void {
  if (spec === undefined) return;
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  setPodTemplateDefaults(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    setClaimSpecDefaults(claim.spec);
    claim.status ??= {};
    claim.status.phase ??= 'Pending';
  }
}

export function setDaemonSetDefaults({ spec }: DaemonSet): void {
  if (spec === undefined) return;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  setPodTemplateDefaults(spec.template);
}

export function setReplicationControllerDefaults(controller: ReplicationController): void {
  const { spec } = controller;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  setPodTemplateDefaults(spec.template);
  const labels = spec.template?.metadata?.labels;
  if (labels === undefined) return;
  // The template's labels stand in for what the author left out.
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
}
