/**
 * Workloads as extensions/v1beta1, apps/v1beta1 and apps/v1beta2 served them: the same fields as apps/v1, with the
 * defaults of their time.
 */
import type { Unstructured } from '@kindred/machinery';
import {
  setDaemonSetDefaults,
  setDeploymentDefaults,
  setReplicaSetDefaults,
  setStatefulSetDefaults,
} from '../apps/workload-defaults.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../gen/types/apps/v1.ts';

/** How extensions/v1beta1 said "no limit" and "no deadline". */
const unlimited = 2 ** 31 - 1;

export function setExtensionsDeploymentDefaults(deployment: Deployment): void {
  setSelectorFromTemplate(deployment);
  setDeploymentTraits(deployment, { surge: 1, history: unlimited, deadline: unlimited });
}

export function setBeta1DeploymentDefaults(deployment: Deployment): void {
  setSelectorFromTemplate(deployment);
  setDeploymentTraits(deployment, { surge: '25%', history: 2, deadline: 600 });
}

export function setExtensionsReplicaSetDefaults(set: ReplicaSet): void {
  setSelectorFromTemplate(set);
  setReplicaSetDefaults(set);
}

export function setExtensionsDaemonSetDefaults(set: DaemonSet): void {
  setSelectorFromTemplate(set);
  if (set.spec !== undefined) {
    set.spec.updateStrategy ??= {};
    set.spec.updateStrategy.type ??= 'OnDelete';
  }
  setDaemonSetDefaults(set);
}

export function setBeta1StatefulSetDefaults(set: StatefulSet): void {
  setSelectorFromTemplate(set);
  if (set.spec !== undefined) {
    set.spec.updateStrategy ??= {};
    set.spec.updateStrategy.type ??= 'OnDelete';
  }
  setStatefulSetDefaults(set);
}

/** A field of the old version that the new one lacks is dropped from the spec. */
export function withoutSpecField(field: string): (object: Unstructured) => Unstructured {
  return (object) => {
    const { spec } = object as { spec?: Record<string, unknown> };
    if (spec === undefined || !(field in spec)) return object;
    const { [field]: _dropped, ...rest } = spec;
    return { ...object, spec: rest };
  };
}

function setDeploymentTraits(
  deployment: Deployment,
  { surge, history, deadline }: { surge: number | string; history: number; deadline: number },
): void {
  const { spec } = deployment;
  if (spec === undefined) return;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= surge;
    spec.strategy.rollingUpdate.maxSurge ??= surge;
  }
  spec.revisionHistoryLimit ??= history;
  spec.progressDeadlineSeconds ??= deadline;
  setDeploymentDefaults(deployment);
}

/** Before apps/v1 a workload without selector or labels took both from its template. */
function setSelectorFromTemplate(workload: Deployment | ReplicaSet | DaemonSet | StatefulSet): void {
  const labels = workload.spec?.template?.metadata?.labels;
  if (workload.spec === undefined || labels === undefined) return;
  workload.spec.selector ??= { matchLabels: { ...labels } };
  if (Object.keys(workload.metadata.labels ?? {}).length === 0) workload.metadata.labels = { ...labels };
}
