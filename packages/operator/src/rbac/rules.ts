/**
 * RBAC rules derived from what a controller declares (Kubernetes documentation, 'Using RBAC Authorization'): the least that
 * the runtime needs, and nothing that has to be kept in step by hand.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { KindRef, KubeObject } from '@kindred/machinery';

/** To hold an informer of the kind. */
export function readRules(kind: KindRef<KubeObject>): PolicyRule[] {
  return [rule(kind.group, kind.plural, ['get', 'list', 'watch'])];
}

/** To make, apply and delete children of the kind. */
export function ownRules(kind: KindRef<KubeObject>): PolicyRule[] {
  return [rule(kind.group, kind.plural, ['get', 'list', 'watch', 'create', 'patch', 'delete'])];
}

/** To keep status and finalizers of the controller's own kind. */
export function primaryRules(kind: KindRef<KubeObject>): PolicyRule[] {
  return [
    ...readRules(kind),
    rule(kind.group, kind.plural, ['patch']),
    rule(kind.group, `${kind.plural}/status`, ['patch']),
    // Asked for by OwnerReferencesPermissionEnforcement when blockOwnerDeletion is set.
    rule(kind.group, `${kind.plural}/finalizers`, ['update']),
  ];
}

/** To record events. */
export const eventRules: readonly PolicyRule[] = [rule('', 'events', ['create', 'patch'])];

/** To take part in leader election; belongs into a Role of the program's own namespace. */
export const leaseRules: readonly PolicyRule[] = [rule('coordination.k8s.io', 'leases', ['get', 'create', 'update'])];

/** One rule for each set of verbs and group, resources joined, in a stable order. */
export function mergeRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const verbsOf = new Map<string, Set<string>>();
  const others: PolicyRule[] = [];
  for (const each of rules) {
    if (each.nonResourceURLs !== undefined || each.resourceNames !== undefined) others.push(each);
    else {
      for (const group of each.apiGroups ?? ['']) {
        for (const resource of each.resources ?? []) addAll(verbsOf, `${group}\n${resource}`, each.verbs);
      }
    }
  }
  const resourcesOf = new Map<string, string[]>();
  for (const [target, verbs] of [...verbsOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [group = '', resource = ''] = target.split('\n');
    const key = JSON.stringify([group, [...verbs].sort(byVerb)]);
    resourcesOf.set(key, [...(resourcesOf.get(key) ?? []), resource]);
  }
  const merged = [...resourcesOf].map(([key, resources]) => {
    // Written just above.
    const [group, verbs] = JSON.parse(key) as [string, string[]];
    return { apiGroups: [group], resources, verbs };
  });
  return [...merged, ...others];
}

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

function byVerb(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(verb: string): number {
  const at = verbOrder.indexOf(verb);
  return at < 0 ? verbOrder.length : at;
}

function rule(group: string, resource: string, verbs: string[]): PolicyRule {
  return { apiGroups: [group], resources: [resource], verbs };
}

function addAll(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  const set = map.get(key) ?? new Set<string>();
  for (const value of values) set.add(value);
  map.set(key, set);
}
