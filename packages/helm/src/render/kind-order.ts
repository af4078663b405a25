/** The order of kinds in which helm installs, and the reverse-minded one in which it uninstalls. */

export const INSTALL_ORDER: readonly string[] = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

const WEBHOOKS_FIRST = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'Ingress',
  'IngressClass',
];

/** Services go before the workloads behind them, which go in reverse. */
export const UNINSTALL_ORDER: readonly string[] = [
  ...WEBHOOKS_FIRST,
  'Service',
  ...INSTALL_ORDER.filter((kind) => kind !== 'Service' && !WEBHOOKS_FIRST.includes(kind)).toReversed(),
];

/** Stable: items of one kind keep their order; unknown kinds come last, by name. */
export function sortByKind<T>(items: readonly T[], kindOf: (item: T) => string, order: readonly string[]): T[] {
  const rank = new Map(order.map((kind, index) => [kind, index]));
  return items.toSorted((a, b) => {
    const [left, right] = [kindOf(a), kindOf(b)];
    const [leftRank, rightRank] = [rank.get(left), rank.get(right)];
    if (leftRank === undefined && rightRank === undefined) return left < right ? -1 : left > right ? 1 : 0;
    return (leftRank ?? order.length) - (rightRank ?? order.length);
  });
}
