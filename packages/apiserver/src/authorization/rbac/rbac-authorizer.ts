/**
 * The RBAC authorizer: allows what some rule of some role bound to the user allows, and has no opinion otherwise.
 *
 * Bindings are indexed by subject and scope; the index is built again when a role or binding changes, so a decision
 * looks only at the user's own bindings.
 */
import type { UserInfo } from '../../authentication/user-info.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from '../authorizer.ts';
import type { PolicyRule } from './policy-rule.ts';
import { ruleAllows } from './policy-rule.ts';
import type { PolicySource, Role, RoleBinding, RoleSubject } from './policy-source.ts';

/** A binding with its role resolved. `role` is undefined while the role does not exist. */
interface Grant {
  readonly binding: RoleBinding;
  readonly role: Role | undefined;
}

/** Members of this group may do everything, whatever the bindings say: so that nobody can lock an admin out. */
const mastersGroup = 'system:masters';

export class RbacAuthorizer implements Authorizer {
  readonly #source: PolicySource;
  #indexedRevision = -1;
  #grantsBySubject = new Map<string, Grant[]>();

  constructor(source: PolicySource) {
    this.#source = source;
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    if (attributes.user.groups.includes(mastersGroup)) return { decision: 'allow' };
    for (const grant of this.#grantsOf(attributes.user, attributes.namespace)) {
      if (grant.role?.rules.some((rule) => ruleAllows(rule, attributes)))
        return { decision: 'allow', reason: describe(grant) };
    }
    return { decision: 'noOpinion' };
  }

  /** All rules that hold for the user in a namespace (with the cluster-wide ones); '' asks for the cluster-wide ones. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    if (user.groups.includes(mastersGroup)) return everything;
    return [...this.#grantsOf(user, namespace)].flatMap((grant) => grant.role?.rules ?? []);
  }

  *#grantsOf(user: UserInfo, namespace: string): Iterable<Grant> {
    if (this.#source.revision() !== this.#indexedRevision) this.#buildIndex();
    for (const subject of subjectKeys(user)) {
      for (const grant of this.#grantsBySubject.get(subject) ?? []) {
        if (grant.binding.namespace === '' || grant.binding.namespace === namespace) yield grant;
      }
    }
  }

  #buildIndex(): void {
    this.#indexedRevision = this.#source.revision();
    const roles = new Map<string, Role>();
    for (const role of this.#source.roles()) roles.set(`${role.namespace}/${role.name}`, role);
    const grants = new Map<string, Grant[]>();
    for (const binding of this.#source.bindings()) {
      const roleNamespace = binding.roleRef.kind === 'Role' ? binding.namespace : '';
      const grant = { binding, role: roles.get(`${roleNamespace}/${binding.roleRef.name}`) };
      for (const subject of binding.subjects) {
        const key = keyOfSubject(subject, binding.namespace);
        const list = grants.get(key);
        if (list === undefined) grants.set(key, [grant]);
        else list.push(grant);
      }
    }
    this.#grantsBySubject = grants;
  }
}

const everything: PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function subjectKeys(user: UserInfo): string[] {
  return [`User:${user.username}`, ...user.groups.map((group) => `Group:${group}`)];
}

/** A service account is the user `system:serviceaccount:<namespace>:<name>`; its namespace defaults to the binding's. */
function keyOfSubject(subject: RoleSubject, bindingNamespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}:${subject.name}`;
  return `User:system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
}

function describe({ binding, role }: Grant): string {
  const scope =
    binding.namespace === ''
      ? `ClusterRoleBinding "${binding.name}"`
      : `RoleBinding "${binding.name}/${binding.namespace}"`;
  const kind = role?.namespace === '' ? 'ClusterRole' : 'Role';
  return `RBAC: allowed by ${scope} of ${kind} "${role?.name ?? ''}"`;
}
