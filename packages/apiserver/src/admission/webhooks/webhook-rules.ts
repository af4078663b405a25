/**
 * Which requests are a webhook's own: operation, group, version, resource and scope, in the version of the request or, with
 * matchPolicy Equivalent, in another version of the same resource ("Matching requests: rules", Kubernetes documentation).
 */
import type { RuleWithOperations } from '@kindred/apis/admissionregistration/v1';
import type { ServedResource } from '../../resources/served-resource.ts';
import type { AdmissionOperation } from '../plugin.ts';
import type { Webhook } from './webhook.ts';

/** A webhook that is to be asked, and the version in which it wants to see the object. */
export interface Invocation {
  readonly webhook: Webhook;
  readonly seenAs: ServedResource;
}

export interface RequestedResource {
  readonly operation: AdmissionOperation;
  readonly resource: ServedResource;
  readonly subresource: string;
  /** The same resource in its other versions and groups. */
  readonly equivalents: readonly ServedResource[];
}

/** Webhooks must not be able to lock themselves in. */
const exempt = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);

/** The webhooks whose rules the request fulfils, in the order given. Selectors are still to be asked. */
export function invocationsFor(webhooks: readonly Webhook[], request: RequestedResource): Invocation[] {
  const { group, resource } = request.resource.definition;
  if (group === 'admissionregistration.k8s.io' && exempt.has(resource)) return [];
  return webhooks.flatMap((webhook) => {
    const seenAs = versionThatMatches(webhook, request);
    return seenAs === undefined ? [] : [{ webhook, seenAs }];
  });
}

function versionThatMatches(webhook: Webhook, request: RequestedResource): ServedResource | undefined {
  const { resource, equivalents } = request;
  if (webhook.rules.some((rule) => ruleMatches(rule, request, resource))) return resource;
  if (!webhook.matchesEquivalent) return undefined;
  for (const rule of webhook.rules) {
    const other = equivalents.find((equivalent) => ruleMatches(rule, request, equivalent));
    if (other !== undefined) return other;
  }
  return undefined;
}

function ruleMatches(
  rule: RuleWithOperations,
  { operation, subresource }: RequestedResource,
  { definition }: ServedResource,
): boolean {
  return (
    contains(rule.operations, operation) &&
    contains(rule.apiGroups, definition.group) &&
    contains(rule.apiVersions, definition.version) &&
    scopeMatches(rule.scope, definition.namespaced) &&
    (rule.resources ?? []).some((pattern) => resourceMatches(pattern, definition.resource, subresource))
  );
}

function contains(values: readonly string[] | undefined, value: string): boolean {
  return values?.some((each) => each === '*' || each === value) ?? false;
}

function scopeMatches(scope: string | undefined, namespaced: boolean): boolean {
  if (scope === 'Namespaced') return namespaced;
  return scope === 'Cluster' ? !namespaced : true;
}

/** A star alone is all resources, without their subresources. */
function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  const [name, part = ''] = pattern.split('/');
  return (name === '*' || name === resource) && (part === '*' || part === subresource);
}
