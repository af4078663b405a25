/**
 * Questions about what users may do: SubjectAccessReview and its local and self forms, SelfSubjectRulesReview.
 * Source: `authorization.k8s.io/v1`; "Authorization Overview", Kubernetes documentation.
 */
import type { Unstructured } from '@kindred/machinery';
import { badRequest, isJsonObject } from '@kindred/machinery';
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
    const decision = await authorizer.authorize(attributesOf(specOf(object), user, namespace));
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
  const username = text(spec['user']);
  const groups = texts(spec['groups']);
  if (username === '' && groups.length === 0)
    throw badRequest('spec.user: at least one of user or group must be specified');
  return { username, groups };
}

function attributesOf(spec: Spec, user: UserInfo, namespace: string | undefined): AuthorizationAttributes {
  const resource = spec['resourceAttributes'];
  const other = spec['nonResourceAttributes'];
  if (isJsonObject(resource) === isJsonObject(other)) {
    throw badRequest('spec: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const empty = { apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };
  if (isJsonObject(other)) {
    return { ...empty, user, verb: text(other['verb']), path: text(other['path']), isResourceRequest: false };
  }
  const of: Spec = isJsonObject(resource) ? resource : {};
  if (namespace !== undefined && text(of['namespace']) !== namespace) {
    throw badRequest(`spec.resourceAttributes.namespace: must match the namespace of the request, ${namespace}`);
  }
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
