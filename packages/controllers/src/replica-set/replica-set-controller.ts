/**
 * Keeps as many pods as a replica set asks for. Source: "ReplicaSet", Kubernetes documentation.
 *
 * Its pods are those that match its selector and have it as their controller. Pods that match and have no controller are
 * adopted, pods that match no more are released.
 */
import { ReplicaSet } from '@kindred/apis/apps/v1';
import { labelSelectorFromObject } from '@kindred/machinery';
import type { Runnable } from '@kindred/operator';
import { replicasController } from './replicas-controller.ts';

/** @example manager.add(replicaSetController); */
export const replicaSetController: Runnable = replicasController(ReplicaSet, {
  name: 'replicaset-controller',
  selectorOf: ({ spec }) => labelSelectorFromObject(spec?.selector),
});
