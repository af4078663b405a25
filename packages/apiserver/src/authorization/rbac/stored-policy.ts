/**
 * The RBAC policy as it stands in storage: roles and bindings of group `rbac.authorization.k8s.io`.
 */
import type { Unstructured } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../../storage/resource-storage.ts';
import type { PolicyRule } from './policy-rule.ts';
import type { PolicySource, Role, RoleBinding, RoleReference, RoleSubject } from './policy-source.ts';

const group = 'rbac.authorization.k8s.io';
const resources = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'] as const;

/**
 * Opens the four resources. The policy's revision is that of their last change.
 *
 * @example const policy = await openStoredPolicy(storage); const authorizer = new RbacAuthorizer(policy);
 */
export async function openStoredPolicy(storage: ApiStorage): Promise<PolicySource> {
  const opened = await Promise.all(resources.map((resource) => storage.open(group, resource)));
  const [roles, clusterRoles, roleBindings, clusterRoleBindings] = opened;
  return {
    revision() {
      let newest = 0;
      for (const { changedRevision } of opened) if (changedRevision > newest) newest = changedRevision;
      return newest;
    },
    roles: () => [...objects(clusterRoles), ...objects(roles)].map(toRole),
    bindings: () => [...objects(clusterRoleBindings), ...objects(roleBindings)].map(toBinding),
  };
}

function objects(resource: ResourceStorage | undefined): Unstructured[] {
  return resource === undefined ? [] : resource.list({}).items.map((stored) => stored.object);
}

// What is stored has passed validation, so its shape is that of rbac.authorization.k8s.io/v1.

function toRole(object: Unstructured): Role {
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    rules: (object['rules'] ?? []) as readonly PolicyRule[],
  };
}

function toBinding(object: Unstructured): RoleBinding {
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    subjects: (object['subjects'] ?? []) as readonly RoleSubject[],
    roleRef: object['roleRef'] as RoleReference,
  };
}
