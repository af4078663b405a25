/** Cells of the workload kinds of apps/v1. */
import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../gen/types/apps/v1.ts';
import { ageOf } from '../printing/age.ts';
import { containerCells, labelsCell, none, selectorCell } from '../printing/cell-text.ts';

export function deploymentCells({ metadata, spec, status }: Deployment, now: number): unknown[] {
  return [
    metadata.name ?? '',
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
    selectorCell(spec?.selector),
  ];
}

export function replicaSetCells({ metadata, spec, status }: ReplicaSet, now: number): unknown[] {
  return [
    metadata.name ?? '',
    spec?.replicas ?? 0,
    status?.replicas ?? 0,
    status?.readyReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
    selectorCell(spec?.selector),
  ];
}

export function statefulSetCells({ metadata, spec, status }: StatefulSet, now: number): unknown[] {
  return [
    metadata.name ?? '',
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
  ];
}

export function daemonSetCells({ metadata, spec, status }: DaemonSet, now: number): unknown[] {
  return [
    metadata.name ?? '',
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsCell(spec?.template?.spec?.nodeSelector),
    ageOf(metadata.creationTimestamp, now),
    ...containerCells(spec?.template?.spec),
    selectorCell(spec?.selector),
  ];
}

export function controllerRevisionCells({ metadata, revision }: ControllerRevision, now: number): unknown[] {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const [group = ''] = owner?.apiVersion.split('/') ?? [];
  const controller = owner === undefined ? none : `${owner.kind.toLowerCase()}.${group}/${owner.name}`;
  return [metadata.name ?? '', controller, revision ?? 0, ageOf(metadata.creationTimestamp, now)];
}
