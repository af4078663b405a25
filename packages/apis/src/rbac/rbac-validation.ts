/** Validation of roles and bindings. Whether somebody may grant what they say is the API server's question. */
import {
  checkDnsSubdomain,
  deepEqual,
  type FieldError,
  invalidValue,
  notSupported,
  required,
} from '@kindred/machinery';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../gen/types/rbac/v1.ts';
import { named } from '../validation/common.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

export function validateRole(role: Role | ClusterRole): FieldError[] {
  const isNamespaced = role.kind === 'Role';
  return (role.rules ?? []).flatMap((rule, index) => ruleErrors(rule, isNamespaced, `rules[${index}]`));
}

export function validateRoleBinding(binding: RoleBinding | ClusterRoleBinding): FieldError[] {
  const { roleRef } = binding;
  const isNamespaced = binding.kind === 'RoleBinding';
  const errors: FieldError[] = [];
  if (roleRef?.apiGroup !== rbacGroup)
    errors.push(notSupported('roleRef.apiGroup', roleRef?.apiGroup ?? '', [rbacGroup]));
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef?.kind ?? '')) errors.push(notSupported('roleRef.kind', roleRef?.kind ?? '', kinds));
  if (!roleRef?.name) errors.push(required('roleRef.name'));
  return [
    ...errors,
    ...(binding.subjects ?? []).flatMap((subject, index) => subjectErrors(subject, `subjects[${index}]`)),
  ];
}

/** A binding that suddenly granted another role would turn trusted subjects into others. */
export function validateRoleBindingUpdate(
  { roleRef }: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding,
): FieldError[] {
  return deepEqual(roleRef, old.roleRef) ? [] : [invalidValue('roleRef', roleRef, 'cannot change roleRef')];
}

function ruleErrors(rule: Partial<PolicyRule>, isNamespaced: boolean, path: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = [];
  if (verbs.length === 0) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const field = `${path}.nonResourceURLs`;
    if (isNamespaced) {
      errors.push(invalidValue(field, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    }
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      const detail = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalidValue(field, nonResourceURLs, detail));
    }
    return errors;
  }
  if (apiGroups.length === 0) {
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (resources.length === 0) {
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

function subjectErrors(subject: Subject, path: string): FieldError[] {
  const { kind, name, namespace = '', apiGroup = '' } = subject;
  const errors: FieldError[] = name ? [] : [required(`${path}.name`)];
  if (kind === 'ServiceAccount') {
    if (name) errors.push(...named(`${path}.name`, name, checkDnsSubdomain));
    if (apiGroup !== '') errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (namespace === '') errors.push(required(`${path}.namespace`));
    return errors;
  }
  if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbacGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]));
    return errors;
  }
  return [...errors, notSupported(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])];
}
