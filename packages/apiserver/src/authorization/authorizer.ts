/**
 * Authorization: may this user do this ("Authorization Overview", Kubernetes documentation).
 *
 * The attributes are those of the documentation's table: a resource request names verb, group, version, resource,
 * subresource, namespace and name; any other request names its path and a lower-case HTTP method as verb.
 */
import type { UserInfo } from '../authentication/user-info.ts';

export interface AuthorizationAttributes {
  readonly user: UserInfo;
  /** get, list, watch, create, update, patch, delete, deletecollection; for non-resource requests get, post, … */
  readonly verb: string;
  readonly isResourceRequest: boolean;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for cluster-scoped requests and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** The request's path, for non-resource requests. */
  readonly path: string;
}

export type Decision =
  | { readonly decision: 'allow'; readonly reason?: string }
  | { readonly decision: 'deny'; readonly reason?: string }
  | { readonly decision: 'noOpinion'; readonly reason?: string };

/** `allow` ends the question, `deny` too; with `noOpinion` the next authorizer is asked, and at the end it means no. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision>;
}

/** Lets everybody do everything: for tests and for servers that something else guards. */
export const alwaysAllow: Authorizer = { authorize: () => ({ decision: 'allow' }) };

/** One authorizer out of several: the first that has an opinion decides. */
export function unionAuthorizer(authorizers: readonly Authorizer[]): Authorizer {
  return {
    async authorize(attributes) {
      const reasons: string[] = [];
      for (const authorizer of authorizers) {
        const decision = await authorizer.authorize(attributes);
        if (decision.decision !== 'noOpinion') return decision;
        if (decision.reason !== undefined && decision.reason !== '') reasons.push(decision.reason);
      }
      return { decision: 'noOpinion', reason: reasons.join('\n') };
    },
  };
}
