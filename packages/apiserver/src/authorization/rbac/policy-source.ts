/**
 * What the RBAC authorizer reads: roles and bindings, as they are now.
 */
import type { PolicyRule } from './policy-rule.ts';

export interface RoleSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
}

export interface RoleReference {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
}

export interface Role {
  /** Empty for cluster roles. */
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

export interface RoleBinding {
  /** Empty for cluster role bindings. */
  readonly namespace: string;
  readonly name: string;
  readonly subjects: readonly RoleSubject[];
  readonly roleRef: RoleReference;
}

/** Each method returns the present state; `revision` changes whenever one of them would answer differently. */
export interface PolicySource {
  revision(): number;
  roles(): Iterable<Role>;
  bindings(): Iterable<RoleBinding>;
}
