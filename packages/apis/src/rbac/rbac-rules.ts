/** Roles and bindings of rbac.authorization.k8s.io. */
import { checkPathSegment } from '@kindred/machinery';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../gen/types/rbac/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { roleBindingCells } from './rbac-cells.ts';
import { validateRole, validateRoleBinding, validateRoleBindingUpdate } from './rbac-validation.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

export const roleRules: KindRules<Role | ClusterRole> = {
  nameCheck: checkPathSegment,
  allowCreateOnUpdate: true,
  validate: validateRole,
};

export const roleBindingRules: KindRules<RoleBinding | ClusterRoleBinding> = {
  validate: validateRoleBinding,
  validateUpdate: validateRoleBindingUpdate,
  cells: roleBindingCells,
  nameCheck: checkPathSegment,
  allowCreateOnUpdate: true,
  setDefaults({ roleRef, subjects }) {
    if (roleRef !== undefined) roleRef.apiGroup ||= rbacGroup;
    for (const subject of subjects ?? []) {
      if (subject.kind === 'ServiceAccount') subject.apiGroup ??= '';
      else subject.apiGroup ||= rbacGroup;
      if (subject.apiGroup === '') delete subject.apiGroup;
    }
  },
};
