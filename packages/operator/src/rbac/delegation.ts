/**
 * What a custom API server must be granted to ask the cluster who somebody is and what they may do: two bindings of roles
 * that every cluster has ("Set up an Extension API Server", Kubernetes documentation). Nobody can grant them to themselves.
 */
import type { ClusterRoleBinding, RoleBinding } from '@kindred/apis/rbac/v1';

/** Who the extension's programs are to the cluster. */
export type DelegationSubject =
  | { readonly kind: 'User'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

export interface DelegationBindings {
  /** TokenReviews and SubjectAccessReviews. */
  readonly clusterRoleBinding: ClusterRoleBinding;
  /** The ConfigMap that says whom to believe. */
  readonly roleBinding: RoleBinding;
}

export function delegationBindings(extension: string, subject: DelegationSubject): DelegationBindings {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [subject.kind === 'User' ? { apiGroup, ...subject } : { ...subject }];
  return {
    clusterRoleBinding: {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: `kindred:${extension}:auth-delegator` },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects,
    },
    roleBinding: {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: `kindred:${extension}:authentication-reader`, namespace: 'kube-system' },
      roleRef: { apiGroup, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects,
    },
  };
}
