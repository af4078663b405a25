/**
 * The RBAC authorizer: allows what some rule of some role bound to the user allows, and has no opinion otherwise.
 *
 * Bindings are indexed by subject, and what a user is granted is put together once; all of it is made again when a role or
 * binding changes, so a decision looks only at the user's own bindings.
 */
import type { UserInfo } from '../../authentication/user-info.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from '../authorizer.ts';
import type { PolicyRule } from './policy-rule.ts';
import { ruleAllows } from './policy-rule.ts';
import type { PolicySource, Role, RoleBinding, RoleSubject } from './policy-source.ts';

/** A binding with its role resolved. */
interface Grant {
  /** Where it holds; empty: everywhere. */
  readonly namespace: string;
  /** None while the role does not exist. */
  readonly rules: readonly PolicyRule[];
  /** The decision when one of the rules allows it. */
  readonly allowed: Decision;
}

/** Members of this group may do everything, whatever the bindings say: so that nobody can lock an admin out. */
const mastersGroup = 'system:masters';

export class RbacAuthorizer implements Authorizer {
  readonly #source: PolicySource;
  #indexedRevision = -1;
  #grantsBySubject = new Map<string, Grant[]>();
  /** Connections and tokens keep their users, who come back with every request. */
  #grantsByUser = new WeakMap<UserInfo, readonly Grant[]>();

  constructor(source: PolicySource) {
    this.#source = source;
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    if (attributes.user.groups.includes(mastersGroup)) return { decision: 'allow' };
    for (const { namespace, rules, allowed } of this.#grantsOf(attributes.user)) {
      if (namespace !== '' && namespace !== attributes.namespace) continue;
      for (const rule of rules) if (ruleAllows(rule, attributes)) return allowed;
    }
    return noOpinion;
  }

  /** All rules that hold for the user in a namespace (with the cluster-wide ones); '' asks for the cluster-wide ones. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    if (user.groups.includes(mastersGroup)) return everything;
    const here = this.#grantsOf(user).filter((grant) => grant.namespace === '' || grant.namespace === namespace);
    return here.flatMap(({ rules }) => rules);
  }

  #grantsOf(user: UserInfo): readonly Grant[] {
    if (this.#source.revision() !== this.#indexedRevision) this.#buildIndex();
    let grants = this.#grantsByUser.get(user);
    if (grants === undefined) {
      grants = subjectKeys(user).flatMap((subject) => this.#grantsBySubject.get(subject) ?? []);
      this.#grantsByUser.set(user, grants);
    }
    return grants;
  }

  #buildIndex(): void {
    this.#indexedRevision = this.#source.revision();
    const roles = new Map<string, Role>();
    for (const role of this.#source.roles()) roles.set(`${role.namespace}/${role.name}`, role);
    const grants = new Map<string, Grant[]>();
    for (const binding of this.#source.bindings()) {
      const roleNamespace = binding.roleRef.kind === 'Role' ? binding.namespace : '';
      const role = roles.get(`${roleNamespace}/${binding.roleRef.name}`);
      const allowed: Decision = { decision: 'allow', reason: describe(binding, role) };
      const grant: Grant = { namespace: binding.namespace, rules: role?.rules ?? [], allowed };
      for (const subject of binding.subjects) {
        const key = keyOfSubject(subject, binding.namespace);
        const list = grants.get(key);
        if (list === undefined) grants.set(key, [grant]);
        else list.push(grant);
      }
    }
    this.#grantsBySubject = grants;
    this.#grantsByUser = new WeakMap();
  }
}

const noOpinion: Decision = { decision: 'noOpinion' };

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

function describe(binding: RoleBinding, role: Role | undefined): string {
  const scope =
    binding.namespace === ''
      ? `ClusterRoleBinding "${binding.name}"`
      : `RoleBinding "${binding.name}/${binding.namespace}"`;
  const kind = role?.namespace === '' ? 'ClusterRole' : 'Role';
  return `RBAC: allowed by ${scope} of ${kind} "${role?.name ?? ''}"`;
}
