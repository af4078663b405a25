/** Roles and bindings of rbac.authorization.k8s.io. */
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../gen/types/rbac/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { pathSegmentName } from '../meta/names.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

export const roleRules: KindRules<Role | ClusterRole> = {
  nameRule: pathSegmentName,
  allowCreateOnUpdate: true,
};

export const roleBindingRules: KindRules<RoleBinding | ClusterRoleBinding> = {
  nameRule: pathSegmentName,
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
