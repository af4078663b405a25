/**
 * The authorization step: asks the authorizer and answers 403 in the words that kubectl users know.
 */
import { failure, forbidden, type StatusError } from '@kindred/machinery';
import type { AuthorizationAttributes, Authorizer, Decision } from '../authorization/authorizer.ts';
import type { Exchange } from './exchange.ts';

/** @throws StatusError 403 unless the authorizer allows the request. */
export function authorize(authorizer: Authorizer, exchange: Exchange): void | Promise<void> {
  const attributes = attributesOf(exchange);
  const decision = authorizer.authorize(attributes);
  if (decision instanceof Promise) return decision.then((made) => demandAllowed(made, attributes));
  demandAllowed(decision, attributes);
}

/** What the exchange asks to do. */
export function attributesOf({ info, user }: Exchange): AuthorizationAttributes {
  return {
    user,
    verb: info.verb,
    isResourceRequest: info.isResourceRequest,
    apiGroup: info.isResourceRequest ? info.group : '',
    apiVersion: info.isResourceRequest ? info.version : '',
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
  };
}

function demandAllowed(decision: Decision, attributes: AuthorizationAttributes): void {
  if (decision.decision !== 'allow') throw denied(attributes, decision.reason ?? '');
}

/** `pods "x" is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace "n"`. */
export function denied(attributes: AuthorizationAttributes, reason: string): StatusError {
  const { user, verb, resource, subresource, apiGroup, namespace, name, path } = attributes;
  const suffix = reason === '' ? '' : `: ${reason}`;
  if (!attributes.isResourceRequest) {
    return failure('Forbidden', `forbidden: User ${quote(user.username)} cannot ${verb} path ${quote(path)}${suffix}`);
  }
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  const text = `User ${quote(user.username)} cannot ${verb} resource ${quote(what)} in API group ${quote(apiGroup)} ${where}`;
  return forbidden({ group: apiGroup, resource }, name, `${text}${suffix}`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
