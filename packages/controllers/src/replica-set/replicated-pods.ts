/** What replica sets and replication controllers have in common. */
import type { ReplicaSetStatus } from '@kindred/apis/apps/v1';
import type { PodTemplateSpec } from '@kindred/apis/core/v1';
import type { KubeObject } from '@kindred/machinery';

export interface ReplicatedPods extends KubeObject {
  spec?: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status?: ReplicaSetStatus;
}
