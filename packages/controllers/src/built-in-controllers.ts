/** All control loops of a cluster, as the composition root runs them under one manager. */
import type { Runnable } from '@kindred/operator';
import { clusterRoleAggregationController } from './cluster-role-aggregation/cluster-role-aggregation-controller.ts';
import { cronJobController } from './cron-job/cron-job-controller.ts';
import { daemonSetController } from './daemon-set/daemon-set-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { disruptionController } from './disruption-budget/disruption-controller.ts';
import { endpointSliceController } from './endpoint-slice/endpoint-slice-controller.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/endpoint-slice-mirroring-controller.ts';
import { endpointsController } from './endpoints/endpoints-controller.ts';
import { garbageCollector } from './garbage-collection/garbage-collector.ts';
import { jobController } from './job/job-controller.ts';
import { orphanedJobPods } from './job/orphaned-pods.ts';
import { type KubernetesServiceOptions, kubernetesService } from './kubernetes-service/kubernetes-service.ts';
import { namespaceController } from './namespace/namespace-controller.ts';
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts';
import { podGarbageCollector } from './pod-garbage-collection/pod-garbage-collector.ts';
import { replicaSetController } from './replica-set/replica-set-controller.ts';
import { replicationController } from './replication-controller/replication-controller.ts';
import { scheduler } from './scheduler/scheduler.ts';
import { rootCaPublisher, serviceAccountController } from './service-account/service-account-controller.ts';
import { statefulSetController } from './stateful-set/stateful-set-controller.ts';

export interface BuiltInControllersOptions {
  /** The certificate (PEM) with which pods verify the API server. */
  readonly rootCa: string;
  readonly kubernetesService: KubernetesServiceOptions;
}

/** @example for (const controller of builtInControllers({ rootCa, kubernetesService })) manager.add(controller); */
export function builtInControllers(options: BuiltInControllersOptions): Runnable[] {
  return [
    namespaceController,
    serviceAccountController,
    rootCaPublisher(options.rootCa),
    kubernetesService(options.kubernetesService),
    clusterRoleAggregationController,
    garbageCollector,
    scheduler(),
    nodeLifecycleController(),
    podGarbageCollector(),
    deploymentController,
    replicaSetController,
    replicationController,
    daemonSetController,
    statefulSetController,
    jobController,
    orphanedJobPods,
    cronJobController(),
    disruptionController,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
  ];
}
