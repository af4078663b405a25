/**
 * Questions about what users may do: SubjectAccessReview and its local and self forms, SelfSubjectRulesReview.
 * Source: `authorization.k8s.io/v1`; "Authorization Overview", Kubernetes documentation.
 */
import type { FieldError, Unstructured } from '@kindred/machinery';
import { badRequest, invalid, invalidValue, isJsonObject } from '@kindred/machinery';
import type { UserInfo } from '../authentication/user-info.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import type { PolicyRule } from '../authorization/rbac/policy-rule.ts';
import type { ReviewHandler } from '../resources/subresources/subresource-handler.ts';

const group = 'authorization.k8s.io';

/** Lists what a user may do in a namespace; only an authorizer that knows its rules can. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[];
}

/** @example createApiServer({ reviews: [...accessReviews(rbac, rbac), …] }) */
export function accessReviews(authorizer: Authorizer, rules: RuleResolver): ReviewHandler[] {
  const answer = async (object: Unstructured, user: UserInfo, namespace?: string): Promise<Unstructured> => {
    const spec = specOf(object);
    validate(object.kind, spec, namespace);
    const decision = await authorizer.authorize(attributesOf(spec, user));
    const { reason } = decision;
    const status = {
      allowed: decision.decision === 'allow',
      ...(decision.decision === 'deny' ? { denied: true } : {}),
      ...(reason === undefined || reason === '' ? {} : { reason }),
    };
    return { ...object, status };
  };
  return [
    { group, resource: 'subjectaccessreviews', review: (object) => answer(object, subjectOf(specOf(object))) },
    {
      group,
      resource: 'localsubjectaccessreviews',
      review: (object, request) => answer(object, subjectOf(specOf(object)), request.namespace),
    },
    { group, resource: 'selfsubjectaccessreviews', review: (object, { exchange }) => answer(object, exchange.user) },
    {
      group,
      resource: 'selfsubjectrulesreviews',
      review(object, { exchange }) {
        const namespace = text(specOf(object)['namespace']);
        if (namespace === '') throw badRequest('no namespace on request');
        return { ...object, status: rulesStatus(rules.rulesFor(exchange.user, namespace)) };
      },
    },
  ];
}

type Spec = Readonly<Record<string, unknown>>;

function specOf(object: Unstructured): Spec {
  const spec = object['spec'];
  return isJsonObject(spec) ? spec : {};
}

function subjectOf(spec: Spec): UserInfo {
  const { uid, extra } = spec;
  return {
    username: text(spec['user']),
    groups: texts(spec['groups']),
    ...(text(uid) === '' ? {} : { uid: text(uid) }),
    ...(isJsonObject(extra)
      ? { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, texts(values)])) }
      : {}),
  };
}

/** What upstream's validation says of a review; `namespace` is that of a local one. */
function validate(kind: string, spec: Spec, namespace: string | undefined): void {
  const resource = spec['resourceAttributes'];
  const other = spec['nonResourceAttributes'];
  const errors: FieldError[] = [];
  if (isJsonObject(resource) && isJsonObject(other)) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalidValue('spec.nonResourceAttributes', other, detail));
  } else if (!isJsonObject(resource) && !isJsonObject(other)) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalidValue('spec.resourceAttributes', null, detail));
  }
  if (!kind.startsWith('Self') && text(spec['user']) === '' && texts(spec['groups']).length === 0) {
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  }
  if (namespace !== undefined && isJsonObject(other)) {
    errors.push(invalidValue('spec.nonResourceAttributes', other, 'disallowed on this kind of request'));
  }
  if (errors.length > 0) throw invalid({ group, kind }, '', errors);
  if (namespace !== undefined && isJsonObject(resource) && text(resource['namespace']) !== namespace) {
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  }
}

function attributesOf(spec: Spec, user: UserInfo): AuthorizationAttributes {
  const resource = spec['resourceAttributes'];
  const other = spec['nonResourceAttributes'];
  const empty = { apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };
  if (isJsonObject(other)) {
    return { ...empty, user, verb: text(other['verb']), path: text(other['path']), isResourceRequest: false };
  }
  const of: Spec = isJsonObject(resource) ? resource : {};
  return {
    user,
    verb: text(of['verb']),
    isResourceRequest: true,
    apiGroup: text(of['group']),
    apiVersion: text(of['version']),
    resource: text(of['resource']),
    subresource: text(of['subresource']),
    namespace: text(of['namespace']),
    name: text(of['name']),
    path: '',
  };
}

function rulesStatus(rules: readonly PolicyRule[]): Record<string, unknown> {
  const resourceRules = rules
    .filter((rule) => (rule.resources ?? []).length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined || resourceNames.length === 0 ? {} : { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter((rule) => (rule.nonResourceURLs ?? []).length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return { resourceRules, nonResourceRules, incomplete: false };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
