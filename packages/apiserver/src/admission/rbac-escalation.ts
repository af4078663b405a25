/**
 * Keeps users from giving what they do not have: a role may hold only rules that its author holds too (or the author may
 * `escalate`), and a binding may refer only to roles whose rules its author holds (or that the author may `bind`).
 * Source: "Privilege escalation prevention and bootstrapping", Kubernetes documentation.
 */
import type { Unstructured } from '@kindred/machinery';
import { deepEqual, forbidden } from '@kindred/machinery';
import type { AuthorizationAttributes } from '../authorization/authorizer.ts';
import type { PolicyRule } from '../authorization/rbac/policy-rule.ts';
import { uncoveredRules } from '../authorization/rbac/policy-rule.ts';
import type { PolicySource, RoleReference } from '../authorization/rbac/policy-source.ts';
import type { RbacAuthorizer } from '../authorization/rbac/rbac-authorizer.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const group = 'rbac.authorization.k8s.io';
const allRules: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export function rbacEscalationAdmission(authorizer: RbacAuthorizer, policy: PolicySource): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    operations: ['CREATE', 'UPDATE'],
    handles: (apiGroup) => apiGroup === group,
    validate(attributes) {
      const { object, oldObject } = attributes;
      if (object === undefined) return;
      if (attributes.kind.kind.endsWith('Binding')) {
        if (oldObject === undefined || !deepEqual(object['subjects'], oldObject['subjects'])) {
          checkBinding(attributes, object, authorizer, policy);
        }
      } else if (oldObject === undefined || rulesChange(object, oldObject)) {
        checkRole(attributes, object, authorizer);
      }
    },
  };
}

function rulesChange(role: Unstructured, old: Unstructured): boolean {
  return !deepEqual(role['rules'], old['rules']) || !deepEqual(role['aggregationRule'], old['aggregationRule']);
}

function checkRole(attributes: AdmissionAttributes, role: Unstructured, authorizer: RbacAuthorizer): void {
  if (mayDo(attributes, authorizer, 'escalate', attributes.resource.resource, attributes.name)) return;
  refuseUncovered(attributes, (role['rules'] ?? []) as PolicyRule[], authorizer);
  if (role['aggregationRule'] === undefined) return;
  // Whatever the selectors match, now or later, would become part of the role without its author being asked again.
  const owned = authorizer.rulesFor(attributes.user, attributes.namespace);
  if (uncoveredRules(owned, allRules).length === 0) return;
  throw forbidden(
    attributes.resource,
    attributes.name,
    'must have cluster-admin privileges to use the aggregationRule',
  );
}

function checkBinding(
  attributes: AdmissionAttributes,
  binding: Unstructured,
  authorizer: RbacAuthorizer,
  policy: PolicySource,
): void {
  const { kind, name } = binding['roleRef'] as RoleReference;
  if (mayDo(attributes, authorizer, 'bind', kind === 'Role' ? 'roles' : 'clusterroles', name)) return;
  const namespace = kind === 'Role' ? attributes.namespace : '';
  const role = [...policy.roles()].find((candidate) => candidate.name === name && candidate.namespace === namespace);
  if (role === undefined) {
    const plural = kind === 'Role' ? 'role' : 'clusterrole';
    throw forbidden(attributes.resource, attributes.name, `${plural}.${group} "${name}" not found`);
  }
  refuseUncovered(attributes, role.rules, authorizer);
}

function mayDo(
  { user, namespace }: AdmissionAttributes,
  authorizer: RbacAuthorizer,
  verb: 'escalate' | 'bind',
  resource: string,
  name: string,
): boolean {
  const question: AuthorizationAttributes = {
    user,
    verb,
    isResourceRequest: true,
    apiGroup: group,
    apiVersion: 'v1',
    resource,
    subresource: '',
    namespace,
    name,
    path: '',
  };
  return authorizer.authorize(question).decision === 'allow';
}

function refuseUncovered(
  attributes: AdmissionAttributes,
  wanted: readonly PolicyRule[],
  authorizer: RbacAuthorizer,
): void {
  const missing = uncoveredRules(authorizer.rulesFor(attributes.user, attributes.namespace), wanted);
  if (missing.length === 0) return;
  const { username, groups } = attributes.user;
  const who = `user ${JSON.stringify(username)} (groups=${JSON.stringify(groups)})`;
  const list = missing.map(describeRule).join('\n');
  throw forbidden(
    attributes.resource,
    attributes.name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}

function describeRule({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['ResourceNames', resourceNames],
    ['NonResourceURLs', nonResourceURLs],
    ['Verbs', verbs],
  ];
  return `{${parts.flatMap(([name, values]) => (values === undefined ? [] : [`${name}:${JSON.stringify(values)}`])).join(', ')}}`;
}
