/** API versions that Kubernetes gives up, as its API types say it (Kubernetes documentation, "Deprecated API Migration Guide"). */

interface Lifecycle {
  /** Minor version of Kubernetes 1 from which on it is deprecated. */
  readonly deprecated: number;
  /** From which on it isn't served any more. */
  readonly removed?: number;
  /** `group/version`, or with the kind when that is another one too. */
  readonly replacement?: string;
}

/** Rows are: API version, kinds, deprecated in, removed in, replaced by. */
const ROWS: readonly (readonly [string, string, number, (number | undefined)?, string?])[] = [
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', 8, 16, 'apps/v1'],
  ['extensions/v1beta1', 'Ingress', 14, 22, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', 9, 16, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'Scale', 2, 16],
  ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', 8, 16, 'apps/v1'],
  ['apps/v1beta1', 'Scale', 8, 16, 'autoscaling/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', 9, 16, 'apps/v1'],
  ['apps/v1beta2', 'Scale', 9, 16, 'autoscaling/v1'],
  ['policy/v1beta1', 'Eviction', 22, 25],
  ['policy/v1beta1', 'PodDisruptionBudget', 21, 25, 'policy/v1'],
  ['batch/v1beta1', 'CronJob', 21, 25, 'batch/v1'],
  ['networking.k8s.io/v1beta1', 'Ingress', 19, 22, 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'IngressClass', 19, 22, 'networking.k8s.io/v1 IngressClassList'],
  ['networking.k8s.io/v1beta1', 'IPAddress ServiceCIDR', 34, 37],
  ['storage.k8s.io/v1beta1', 'CSIDriver StorageClass VolumeAttachment', 19, 22, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSINode', 17, 22, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 24, 27, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass', 34, 37, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity', 21, 24, 'storage.k8s.io/v1beta1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttachment', 21, 24, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttributesClass', 32, 35, 'storage.k8s.io/v1'],
  [
    'rbac.authorization.k8s.io/v1beta1',
    'ClusterRole ClusterRoleBinding Role RoleBinding',
    17,
    22,
    'rbac.authorization.k8s.io/v1',
  ],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', 14, 22, 'scheduling.k8s.io/v1'],
  [
    'admissionregistration.k8s.io/v1beta1',
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
    16,
    22,
    'admissionregistration.k8s.io/v1',
  ],
  ['admissionregistration.k8s.io/v1beta1', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding', 31, 34],
  ['admissionregistration.k8s.io/v1alpha1', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding', 29, 32],
  ['admissionregistration.k8s.io/v1alpha1', 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding', 35, 38],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 22, 25, 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 23, 26, 'autoscaling/v2'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', 19, 22, 'certificates.k8s.io/v1'],
  ['certificates.k8s.io/v1alpha1', 'ClusterTrustBundle', 34, 37],
  ['coordination.k8s.io/v1beta1', 'Lease', 19, 22, 'coordination.k8s.io/v1'],
  ['coordination.k8s.io/v1alpha2', 'LeaseCandidate', 35, 38],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 21, 25, 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', 22, 25],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    'FlowSchema PriorityLevelConfiguration',
    23,
    26,
    'flowcontrol.apiserver.k8s.io/v1beta3',
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    'FlowSchema PriorityLevelConfiguration',
    26,
    29,
    'flowcontrol.apiserver.k8s.io/v1beta3',
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    'FlowSchema PriorityLevelConfiguration',
    29,
    32,
    'flowcontrol.apiserver.k8s.io/v1',
  ],
  ['node.k8s.io/v1beta1', 'RuntimeClass', 22, 25],
  ['authentication.k8s.io/v1beta1', 'TokenReview', 19, 22, 'authentication.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'SelfSubjectReview', 30, 33],
  ['authentication.k8s.io/v1alpha1', 'SelfSubjectReview', 29, 32],
  [
    'authorization.k8s.io/v1beta1',
    'SubjectAccessReview SelfSubjectAccessReview LocalSubjectAccessReview SelfSubjectRulesReview',
    19,
    22,
    'authorization.k8s.io/v1',
  ],
  ['v1', 'ComponentStatus', 19],
  ['v1', 'Endpoints', 33, undefined, 'discovery.k8s.io/v1 EndpointSlice'],
  ['resource.k8s.io/v1beta1', 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice', 35, 38],
];

const LIFECYCLES: ReadonlyMap<string, Lifecycle> = new Map(
  ROWS.flatMap(([apiVersion, kinds, deprecated, removed, replacement]) =>
    kinds.split(' ').map((kind): [string, Lifecycle] => [
      `${apiVersion} ${kind}`,
      {
        deprecated,
        ...(removed === undefined ? {} : { removed }),
        ...(replacement === undefined ? {} : { replacement }),
      },
    ]),
  ),
);

/** The warning for an object of a deprecated API; undefined when it isn't one. `minor` is the cluster's version 1.x. */
export function deprecationWarning(apiVersion: string, kind: string, minor: number): string | undefined {
  const own = LIFECYCLES.get(`${apiVersion} ${kind}`);
  const listed = kind.endsWith('List') ? LIFECYCLES.get(`${apiVersion} ${kind.slice(0, -4)}`) : undefined;
  const found = own ?? listed;
  if (found === undefined || minor < found.deprecated) return undefined;
  let text = `${apiVersion} ${kind} is deprecated in v1.${found.deprecated}+`;
  if (found.removed !== undefined) text += `, unavailable in v1.${found.removed}+`;
  if (found.replacement === undefined) return text;
  return `${text}; use ${found.replacement.includes(' ') ? found.replacement : `${found.replacement} ${kind}`}`;
}
