/** Keeps as many pods as a replication controller asks for. Source: "ReplicationController", Kubernetes documentation. */
import { ReplicationController } from '@kindred/apis/core/v1';
import { labelSelectorFromObject } from '@kindred/machinery';
import type { Runnable } from '@kindred/operator';
import { replicasController } from '../replica-set/replicas-controller.ts';

/** @example manager.add(replicationController); */
export const replicationController: Runnable = replicasController(ReplicationController, {
  name: 'replication-controller',
  selectorOf: ({ spec }) => labelSelectorFromObject({ matchLabels: spec?.selector ?? {} }),
});
