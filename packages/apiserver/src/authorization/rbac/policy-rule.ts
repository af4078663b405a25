/**
 * RBAC rules: does one rule allow a request, does a set of rules cover another.
 * Source: "Using RBAC Authorization", Kubernetes documentation; `rbac.authorization.k8s.io/v1` PolicyRule.
 */
import type { AuthorizationAttributes } from '../authorizer.ts';

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  // `pods`, `pods/log`, `*`, `*/scale`.
  readonly resources?: readonly string[];
  /** Empty or absent allows every name. */
  readonly resourceNames?: readonly string[];
  /** `/healthz`, `/apis/*`, `*`. */
  readonly nonResourceURLs?: readonly string[];
}

/** The part of a request's attributes that rules look at. */
export type RuleAttributes = Pick<
  AuthorizationAttributes,
  'verb' | 'isResourceRequest' | 'apiGroup' | 'resource' | 'subresource' | 'name' | 'path'
>;

/** True when `rule` alone allows the request. */
export function ruleAllows(rule: PolicyRule, attributes: RuleAttributes): boolean {
  if (!includesOrAll(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest)
    return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path));
  return (
    includesOrAll(rule.apiGroups ?? [], attributes.apiGroup) &&
    resourceMatches(rule.resources ?? [], attributes.resource, attributes.subresource) &&
    nameMatches(rule.resourceNames ?? [], attributes.name)
  );
}

function includesOrAll(allowed: readonly string[], value: string): boolean {
  return allowed.includes('*') || allowed.includes(value);
}

function resourceMatches(allowed: readonly string[], resource: string, subresource: string): boolean {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  return includesOrAll(allowed, combined) || (subresource !== '' && allowed.includes(`*/${subresource}`));
}

function nameMatches(allowed: readonly string[], name: string): boolean {
  return allowed.length === 0 || allowed.includes(name);
}

function urlMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}

/**
 * The parts of `wanted` that no rule of `owned` covers: what a user would gain who has `owned` and is given `wanted`.
 * Each returned rule is as small as a single verb, group, resource, name or URL.
 */
export function uncoveredRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(atomicRules).filter((atom) => !owned.some((rule) => ruleCovers(rule, atom)));
}

function atomicRules(rule: PolicyRule): PolicyRule[] {
  const urls = (rule.nonResourceURLs ?? []).flatMap((url) =>
    rule.verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })),
  );
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        atomicNames({ verbs: [verb], apiGroups: [group], resources: [resource] }, rule.resourceNames),
      ),
    ),
  );
  return [...urls, ...resources];
}

function atomicNames(rule: PolicyRule, names: readonly string[] | undefined): PolicyRule[] {
  if (names === undefined || names.length === 0) return [rule];
  return names.map((name) => ({ ...rule, resourceNames: [name] }));
}

function ruleCovers(rule: PolicyRule, atom: PolicyRule): boolean {
  const [verb = ''] = atom.verbs;
  if (!includesOrAll(rule.verbs, verb)) return false;
  const [url] = atom.nonResourceURLs ?? [];
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => urlMatches(pattern, url));
  const [group = ''] = atom.apiGroups ?? [];
  const [combined = ''] = atom.resources ?? [];
  const slash = combined.indexOf('/');
  const resource = slash < 0 ? combined : combined.slice(0, slash);
  const subresource = slash < 0 ? '' : combined.slice(slash + 1);
  const [name] = atom.resourceNames ?? [];
  const names = rule.resourceNames ?? [];
  return (
    includesOrAll(rule.apiGroups ?? [], group) &&
    resourceMatches(rule.resources ?? [], resource, subresource) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}
