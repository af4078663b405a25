/**
 * Which zero values of a protobuf message are left out of the JSON form.
 *
 * Go writes plain fields into protobuf even when they are zero, and pointer fields only when they are set; its JSON
 * leaves out zero plain fields (`omitempty`) and keeps pointers. The bytes don't tell the two apart, so the plain
 * fields among numbers and booleans, and the pointer fields among strings, are listed here by hand.
 */
import type { FieldInfo } from '../../types/type-table.ts';

/** Plain in every type but those of `POINTERS`. */
const PLAIN_EVERYWHERE = new Set(['generation', 'minReadySeconds', 'observedGeneration', 'readOnly']);

const POINTERS = new Set([
  'AzureDiskVolumeSource.readOnly',
  'CSIVolumeSource.readOnly',
  'HorizontalPodAutoscalerStatus.observedGeneration',
]);

/** Numbers and booleans by type; the same in every version of a type. */
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  APIServiceSpec: ['insecureSkipTLSVerify', 'priority'],
  AWSElasticBlockStoreVolumeSource: ['partition'],
  Container: ['stdin', 'stdinOnce', 'tty'],
  ContainerImage: ['sizeBytes'],
  ContainerPort: ['hostPort'],
  ContainerStateTerminated: ['signal'],
  CustomResourceColumnDefinition: ['priority'],
  CustomResourceDefinitionVersion: ['deprecated'],
  DaemonSetStatus: ['numberAvailable', 'numberUnavailable', 'updatedNumberScheduled'],
  DeploymentSpec: ['paused'],
  DeploymentStatus: ['availableReplicas', 'readyReplicas', 'replicas', 'unavailableReplicas', 'updatedReplicas'],
  DeviceRequest: ['count'],
  DeviceSubRequest: ['count'],
  ExactDeviceRequest: ['count'],
  EphemeralContainerCommon: ['stdin', 'stdinOnce', 'tty'],
  Event: ['count', 'deprecatedCount'],
  EventSeries: ['count'],
  FlowSchemaSpec: ['matchingPrecedence'],
  GCEPersistentDiskVolumeSource: ['partition'],
  HorizontalPodAutoscalerStatus: ['currentReplicas'],
  ISCSIPersistentVolumeSource: ['chapAuthDiscovery', 'chapAuthSession'],
  ISCSIVolumeSource: ['chapAuthDiscovery', 'chapAuthSession'],
  JSONSchemaProps: [
    'exclusiveMaximum',
    'exclusiveMinimum',
    'nullable',
    'uniqueItems',
    'x-kubernetes-embedded-resource',
    'x-kubernetes-int-or-string',
  ],
  JobStatus: ['active', 'failed', 'succeeded'],
  ListOptions: ['allowWatchBookmarks', 'limit', 'watch'],
  NodeSpec: ['unschedulable'],
  PodSpec: ['hostIPC', 'hostNetwork', 'hostPID'],
  PriorityClass: ['globalDefault'],
  Probe: ['failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold', 'timeoutSeconds'],
  QueuingConfiguration: ['handSize', 'queueLengthLimit', 'queues'],
  ReplicaSetStatus: ['availableReplicas', 'fullyLabeledReplicas', 'readyReplicas'],
  ReplicationControllerStatus: ['availableReplicas', 'fullyLabeledReplicas', 'readyReplicas'],
  ResourcePolicyRule: ['clusterScope'],
  ScaleIOPersistentVolumeSource: ['sslEnabled'],
  ScaleIOVolumeSource: ['sslEnabled'],
  ServiceBackendPort: ['number'],
  ServicePort: ['nodePort'],
  ServiceSpec: ['healthCheckNodePort', 'publishNotReadyAddresses'],
  StatefulSetOrdinals: ['start'],
  StatefulSetStatus: ['availableReplicas', 'currentReplicas', 'readyReplicas', 'updatedReplicas'],
  Status: ['code'],
  StatusDetails: ['retryAfterSeconds'],
  SubjectAccessReviewStatus: ['denied'],
  TokenReviewStatus: ['authenticated'],
};

/** Plain in one version only: the older one has a pointer. */
const PLAIN_V1 = new Set(['v1.CustomResourceDefinitionSpec.preserveUnknownFields']);

/** Strings whose being empty says something: pointers in Go. */
const POINTER_STRINGS = new Set([
  'PersistentVolumeClaimSpec.storageClassName',
  'PersistentVolumeClaimSpec.volumeAttributesClassName',
  'EndpointPort.name',
  'EndpointPort.appProtocol',
  'ServicePort.appProtocol',
  'IngressSpec.ingressClassName',
  'LeaseSpec.holderIdentity',
  'Preconditions.uid',
  'Preconditions.resourceVersion',
]);

/** Structs that Go writes always; as an empty JSON object they say nothing. */
const PLAIN_STRUCTS = new Set([
  'lastState',
  'loadBalancer',
  'metadata',
  'resources',
  'state',
  'status',
  'strategy',
  'updateStrategy',
]);

/** Pointers to structs, in which being there is all they say. */
const POINTER_STRUCTS = new Set(['CustomResourceSubresources.status']);

/** True when a value that protobuf carried must not show in the JSON form. `typeName` is the type the field is in. */
export function isOmittedZero(typeName: string, field: string, info: FieldInfo, value: unknown): boolean {
  if (value === undefined) return true;
  if (info.required === true) return false;
  if (value === '') return !POINTER_STRINGS.has(`${shortName(typeName)}.${field}`);
  if (value === 0 || value === false) return isPlain(typeName, field);
  return PLAIN_STRUCTS.has(field) && isEmptyObject(value) && !POINTER_STRUCTS.has(`${shortName(typeName)}.${field}`);
}

function isPlain(typeName: string, field: string): boolean {
  const type = shortName(typeName);
  if (PLAIN_EVERYWHERE.has(field)) return !POINTERS.has(`${type}.${field}`);
  if (PLAIN[type]?.includes(field) === true) return true;
  return PLAIN_V1.has(`${typeName.split('.').slice(-2).join('.')}.${field}`);
}

function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
