/**
 * The RBAC policy as it stands in storage: roles and bindings of group `rbac.authorization.k8s.io`.
 */
import type { Unstructured } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage, ResourceWatch } from '../../storage/resource-storage.ts';
import type { PolicyRule } from './policy-rule.ts';
import type { PolicySource, Role, RoleBinding, RoleReference, RoleSubject } from './policy-source.ts';

const group = 'rbac.authorization.k8s.io';
const resources = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'] as const;

/**
 * Opens the four resources and counts their changes.
 *
 * @example const policy = await openStoredPolicy(storage); const authorizer = new RbacAuthorizer(policy);
 */
export async function openStoredPolicy(storage: ApiStorage): Promise<PolicySource & { close(): void }> {
  const opened = await Promise.all(resources.map((resource) => storage.open(group, resource)));
  const [roles, clusterRoles, roleBindings, clusterRoleBindings] = opened;
  let revision = 0;
  const watches: ResourceWatch[] = opened.map((resource) =>
    resource.watch(resource.revision, undefined, {
      onEvents: (events) => {
        if (events.length > 0) revision++;
      },
      // Ends only when the storage closes: nobody asks any more then.
      onEnd: () => undefined,
    }),
  );
  return {
    revision: () => revision,
    roles: () => [...objects(clusterRoles), ...objects(roles)].map(toRole),
    bindings: () => [...objects(clusterRoleBindings), ...objects(roleBindings)].map(toBinding),
    close: () => {
      for (const watch of watches) watch.close();
    },
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
