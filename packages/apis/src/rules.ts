/** Group and kind → the kind's rules. The group is empty for core: `/Pod`, `apps/Deployment`. */
import {
  admissionPolicyRules,
  mutatingWebhookRules,
  validatingWebhookRules,
} from './admissionregistration/webhook-rules.ts';
import { apiServiceRules } from './apiregistration/api-service-rules.ts';
import {
  controllerRevisionRules,
  daemonSetRules,
  deploymentRules,
  replicaSetRules,
  statefulSetRules,
} from './apps/workload-rules.ts';
import { autoscalerRules } from './autoscaling/autoscaler-rules.ts';
import { cronJobRules, jobRules } from './batch/batch-rules.ts';
import { certificateSigningRequestRules } from './certificates/certificate-rules.ts';
import { leaseRules } from './coordination/lease-rules.ts';
import {
  configMapRules,
  endpointsRules,
  limitRangeRules,
  namespaceRules,
  nodeRules,
  persistentVolumeClaimRules,
  persistentVolumeRules,
  replicationControllerRules,
  resourceQuotaRules,
  secretRules,
  serviceAccountRules,
} from './core/core-rules.ts';
import { eventRules } from './core/event/event-rules.ts';
import { podRules, podTemplateRules } from './core/pod/pod-rules.ts';
import { serviceRules } from './core/service/service-rules.ts';
import type { KindRules } from './kind-rules.ts';
import {
  endpointSliceRules,
  ingressClassRules,
  ingressRules,
  networkPolicyRules,
} from './networking/networking-rules.ts';
import { podDisruptionBudgetRules } from './policy/policy-rules.ts';
import { roleBindingRules, roleRules } from './rbac/rbac-rules.ts';
import { priorityClassRules } from './scheduling/priority-class-rules.ts';
import { csiDriverRules, csiNodeRules, storageClassRules, volumeAttachmentRules } from './storage/storage-rules.ts';

/** Configurations that controllers follow by generation, and that nobody may overwrite unseen. */
const configuration: KindRules = { hasGeneration: true, allowUnconditionalUpdate: false };

export const kindRules: Readonly<Record<string, KindRules>> = {
  '/ComponentStatus': { deprecation: 'v1 ComponentStatus is deprecated in v1.19+' },
  '/ConfigMap': configMapRules,
  '/Endpoints': endpointsRules,
  '/Event': eventRules,
  '/LimitRange': limitRangeRules,
  '/Namespace': namespaceRules,
  '/Node': nodeRules,
  '/PersistentVolume': persistentVolumeRules,
  '/PersistentVolumeClaim': persistentVolumeClaimRules,
  '/Pod': podRules,
  '/PodTemplate': podTemplateRules,
  '/ReplicationController': replicationControllerRules,
  '/ResourceQuota': resourceQuotaRules,
  '/Secret': secretRules,
  '/Service': serviceRules,
  '/ServiceAccount': serviceAccountRules,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': configuration,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': configuration,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': mutatingWebhookRules,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': admissionPolicyRules,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': configuration,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': validatingWebhookRules,
  'apiextensions.k8s.io/CustomResourceDefinition': configuration,
  'apiregistration.k8s.io/APIService': apiServiceRules,
  'apps/ControllerRevision': controllerRevisionRules,
  'apps/DaemonSet': daemonSetRules,
  'apps/Deployment': deploymentRules,
  'apps/ReplicaSet': replicaSetRules,
  'apps/StatefulSet': statefulSetRules,
  'autoscaling/HorizontalPodAutoscaler': autoscalerRules,
  'batch/CronJob': cronJobRules,
  'batch/Job': jobRules,
  'certificates.k8s.io/CertificateSigningRequest': certificateSigningRequestRules,
  'coordination.k8s.io/Lease': leaseRules,
  'discovery.k8s.io/EndpointSlice': endpointSliceRules,
  'flowcontrol.apiserver.k8s.io/FlowSchema': configuration,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': configuration,
  'networking.k8s.io/Ingress': ingressRules,
  'networking.k8s.io/IngressClass': ingressClassRules,
  'networking.k8s.io/NetworkPolicy': networkPolicyRules,
  'policy/PodDisruptionBudget': podDisruptionBudgetRules,
  'rbac.authorization.k8s.io/ClusterRole': roleRules,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBindingRules,
  'rbac.authorization.k8s.io/Role': roleRules,
  'rbac.authorization.k8s.io/RoleBinding': roleBindingRules,
  'scheduling.k8s.io/PriorityClass': priorityClassRules,
  'storage.k8s.io/CSIDriver': csiDriverRules,
  'storage.k8s.io/CSINode': csiNodeRules,
  'storage.k8s.io/StorageClass': storageClassRules,
  'storage.k8s.io/VolumeAttachment': volumeAttachmentRules,
};
