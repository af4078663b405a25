/**
 * The roles and bindings that every cluster has from the start, as Kubernetes documents them ("Default roles and role
 * bindings", "Using RBAC Authorization").
 *
 * `admin`, `edit` and `view` are aggregated: extensions add to them by labelling their own cluster roles. Their own
 * rules stand in `system:aggregate-to-*`.
 */
import type { ObjectMeta, Unstructured } from '@kindred/machinery';
import type { PolicyRule } from './policy-rule.ts';
import type { RoleReference, RoleSubject } from './policy-source.ts';

export interface BootstrapRole {
  readonly name: string;
  /** Absent for cluster roles. */
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Label that selects the cluster roles whose rules this one has. */
  readonly aggregatedFrom?: string;
}

export interface BootstrapBinding {
  readonly name: string;
  readonly namespace?: string;
  readonly roleRef: RoleReference;
  readonly subjects: readonly RoleSubject[];
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const all = [...read, ...write];

const group = (name: string): RoleSubject => ({ kind: 'Group', name });
const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups,
  resources,
  verbs,
});
const urls = (...nonResourceURLs: string[]): PolicyRule => ({ nonResourceURLs, verbs: ['get'] });

const healthUrls = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discoveryUrls = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** Namespaced objects that an application consists of, by group. */
const applicationResources: readonly (readonly [string, readonly string[]])[] = [
  [
    '',
    [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'replicationcontrollers/status',
      'serviceaccounts',
      'services',
      'services/status',
    ],
  ],
  [
    'apps',
    [
      'controllerrevisions',
      'daemonsets',
      'daemonsets/status',
      'deployments',
      'deployments/scale',
      'deployments/status',
      'replicasets',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets',
      'statefulsets/scale',
      'statefulsets/status',
    ],
  ],
  ['autoscaling', ['horizontalpodautoscalers', 'horizontalpodautoscalers/status']],
  ['batch', ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status']],
  ['discovery.k8s.io', ['endpointslices']],
  [
    'extensions',
    [
      'daemonsets',
      'deployments',
      'deployments/scale',
      'ingresses',
      'networkpolicies',
      'replicasets',
      'replicasets/scale',
    ],
  ],
  ['networking.k8s.io', ['ingresses', 'ingresses/status', 'networkpolicies']],
  ['policy', ['poddisruptionbudgets', 'poddisruptionbudgets/status']],
];

const viewRules: readonly PolicyRule[] = [
  ...applicationResources.map(([apiGroup, resources]) => rule([apiGroup], resources, read)),
  rule(
    [''],
    [
      'bindings',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'pods/log',
      'pods/status',
      'resourcequotas',
      'resourcequotas/status',
    ],
    read,
  ),
];

const editRules: readonly PolicyRule[] = [
  rule([''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], read),
  rule([''], ['serviceaccounts'], ['impersonate']),
  rule([''], ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule([''], ['pods/eviction'], ['create']),
  rule([''], ['secrets', 'serviceaccounts/token', 'events'], write),
  rule(['coordination.k8s.io'], ['leases'], all),
  ...applicationResources.map(([apiGroup, resources]) =>
    rule(
      [apiGroup],
      resources.filter((name) => !name.endsWith('/status')),
      write,
    ),
  ),
];

const adminRules: readonly PolicyRule[] = [
  rule(['authorization.k8s.io'], ['localsubjectaccessreviews'], ['create']),
  rule(['rbac.authorization.k8s.io'], ['rolebindings', 'roles'], all),
];

const aggregateTo = (target: string): string => `rbac.authorization.k8s.io/aggregate-to-${target}`;

export const bootstrapRoles: readonly BootstrapRole[] = [
  {
    name: 'cluster-admin',
    rules: [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }],
  },
  { name: 'admin', aggregatedFrom: aggregateTo('admin'), rules: [...adminRules, ...editRules, ...viewRules] },
  {
    name: 'edit',
    aggregatedFrom: aggregateTo('edit'),
    labels: { [aggregateTo('admin')]: 'true' },
    rules: [...editRules, ...viewRules],
  },
  { name: 'view', aggregatedFrom: aggregateTo('view'), labels: { [aggregateTo('edit')]: 'true' }, rules: viewRules },
  { name: 'system:aggregate-to-admin', labels: { [aggregateTo('admin')]: 'true' }, rules: adminRules },
  { name: 'system:aggregate-to-edit', labels: { [aggregateTo('edit')]: 'true' }, rules: editRules },
  { name: 'system:aggregate-to-view', labels: { [aggregateTo('view')]: 'true' }, rules: viewRules },
  { name: 'system:discovery', rules: [urls(...discoveryUrls)] },
  { name: 'system:public-info-viewer', rules: [urls(...healthUrls)] },
  {
    name: 'system:basic-user',
    rules: [
      rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
    ],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
      rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
    ],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [urls('/.well-known/openid-configuration', '/openid/v1/jwks')],
  },
  {
    name: 'system:monitoring',
    rules: [urls('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis', '/readyz', '/readyz/*')],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      rule([''], ['nodes'], [...read, 'proxy']),
      rule([''], ['nodes/log', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'], ['*']),
    ],
  },
  {
    // Wider than upstream's node authorizer, which narrows secrets and the like to the node's own pods: an embedded
    // cluster has one node, to which every pod belongs.
    name: 'system:node',
    rules: [
      rule(
        [''],
        [
          'configmaps',
          'endpoints',
          'namespaces',
          'nodes',
          'persistentvolumeclaims',
          'persistentvolumes',
          'pods',
          'secrets',
          'serviceaccounts',
          'services',
        ],
        read,
      ),
      rule([''], ['nodes'], ['create', 'patch', 'update']),
      rule([''], ['nodes/status', 'pods/status'], ['patch', 'update']),
      rule([''], ['pods'], ['create', 'delete']),
      rule([''], ['pods/eviction', 'serviceaccounts/token'], ['create']),
      rule(['', 'events.k8s.io'], ['events'], ['create', 'patch', 'update']),
      rule(['coordination.k8s.io'], ['leases'], ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']),
      rule(['discovery.k8s.io'], ['endpointslices'], read),
      rule(['node.k8s.io'], ['runtimeclasses'], read),
      rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
      rule(['authorization.k8s.io'], ['localsubjectaccessreviews', 'subjectaccessreviews'], ['create']),
    ],
  },
  {
    name: 'extension-apiserver-authentication-reader',
    namespace: 'kube-system',
    rules: [{ ...rule([''], ['configmaps'], read), resourceNames: ['extension-apiserver-authentication'] }],
  },
];

const clusterRole = (name: string): RoleReference => ({ kind: 'ClusterRole', name });

export const bootstrapBindings: readonly BootstrapBinding[] = [
  { name: 'cluster-admin', roleRef: clusterRole('cluster-admin'), subjects: [group('system:masters')] },
  { name: 'system:discovery', roleRef: clusterRole('system:discovery'), subjects: [group('system:authenticated')] },
  { name: 'system:basic-user', roleRef: clusterRole('system:basic-user'), subjects: [group('system:authenticated')] },
  {
    name: 'system:public-info-viewer',
    roleRef: clusterRole('system:public-info-viewer'),
    subjects: [group('system:authenticated'), group('system:unauthenticated')],
  },
  {
    name: 'system:service-account-issuer-discovery',
    roleRef: clusterRole('system:service-account-issuer-discovery'),
    subjects: [group('system:serviceaccounts')],
  },
  { name: 'system:monitoring', roleRef: clusterRole('system:monitoring'), subjects: [group('system:monitoring')] },
  { name: 'system:node', roleRef: clusterRole('system:node'), subjects: [group('system:nodes')] },
  {
    name: 'kindred:kube-apiserver-kubelet-client',
    roleRef: clusterRole('system:kubelet-api-admin'),
    subjects: [{ kind: 'User', name: 'kube-apiserver-kubelet-client' }],
  },
];

/** The roles and bindings as API objects, with the labels and annotations that mark them as the server's own. */
export function bootstrapObjects(): { roles: Unstructured[]; bindings: Unstructured[] } {
  return { roles: bootstrapRoles.map(roleObject), bindings: bootstrapBindings.map(bindingObject) };
}

const ownedMetadata = {
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
};

function metadata(item: BootstrapRole | BootstrapBinding): ObjectMeta {
  const labels = { ...ownedMetadata.labels, ...('labels' in item ? item.labels : {}) };
  return {
    name: item.name,
    ...(item.namespace === undefined ? {} : { namespace: item.namespace }),
    ...ownedMetadata,
    labels,
  };
}

function roleObject(role: BootstrapRole): Unstructured {
  const aggregation =
    role.aggregatedFrom === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [role.aggregatedFrom]: 'true' } }] } };
  return {
    kind: role.namespace === undefined ? 'ClusterRole' : 'Role',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: metadata(role),
    ...aggregation,
    rules: role.rules,
  };
}

function bindingObject(binding: BootstrapBinding): Unstructured {
  return {
    kind: binding.namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: metadata(binding),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...binding.roleRef },
    subjects: binding.subjects.map((subject) =>
      subject.kind === 'ServiceAccount' ? { ...subject } : { apiGroup: 'rbac.authorization.k8s.io', ...subject },
    ),
  };
}
