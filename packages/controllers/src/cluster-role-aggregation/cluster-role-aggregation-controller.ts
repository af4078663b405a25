/**
 * Fills aggregated cluster roles with the rules of the roles that their selectors match.
 * Source: "Aggregated ClusterRoles", Kubernetes documentation.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { ClusterRole } from '@kindred/apis/rbac/v1';
import type { Observed } from '@kindred/machinery';
import { deepEqual, labelSelectorFromObject } from '@kindred/machinery';
import type { Runnable } from '@kindred/operator';
import { imperative, watch } from '@kindred/operator';

/** @example manager.add(clusterRoleAggregationController); */
export const clusterRoleAggregationController: Runnable = imperative(ClusterRole, {
  name: 'clusterrole-aggregation-controller',
  watches: [
    watch(ClusterRole, {
      to: (_, { primary }) =>
        primary.lister
          .list()
          .filter((role) => 'aggregationRule' in role && role.aggregationRule !== undefined)
          .map((role) => role.metadata.name),
    }),
  ],
  rules: [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['escalate', 'patch', 'update'] },
  ],
  async reconcile({ object, client, lister }) {
    if (object?.aggregationRule === undefined) return;
    const rules = aggregatedRules(object, lister(ClusterRole).list());
    if (deepEqual(rules, object.rules ?? [])) return;
    await client.update(ClusterRole, { ...object, rules });
  },
});

/** The union of the matching roles' rules, in the order of the roles' names; equal rules once. */
function aggregatedRules(target: Observed<ClusterRole>, roles: readonly Observed<ClusterRole>[]): PolicyRule[] {
  const selectors = (target.aggregationRule?.clusterRoleSelectors ?? []).map(labelSelectorFromObject);
  const rules: PolicyRule[] = [];
  const sources = roles
    .filter((role) => role.metadata.name !== target.metadata.name)
    .filter((role) => selectors.some((selector) => selector.matches(role.metadata.labels ?? {})))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const rule of sources.flatMap((role) => role.rules ?? [])) {
    if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
  }
  return rules;
}
