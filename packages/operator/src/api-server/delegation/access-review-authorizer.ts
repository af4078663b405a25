/**
 * Who may do what is decided by the cluster: asked for with a SubjectAccessReview (`authorization.k8s.io/v1`), whose answer
 * holds for ten seconds. Health is for everybody, and system:masters may do everything without being asked about.
 */

import { SubjectAccessReview } from '@kindred/apis/authorization/v1';
import type { AuthorizationAttributes, Authorizer, Decision } from '@kindred/apiserver';
import type { Client } from '@kindred/client';
import { type Clock, internalError, isStatusError } from '@kindred/machinery';
import { ExpiringCache } from './expiring-cache.ts';

/** Milliseconds, for answers of either kind. */
const lifetime = 10_000;
const maxEntries = 4096;
const openPaths = new Set(['/healthz', '/livez', '/readyz']);

export function accessReviewAuthorizer(client: Client, clock: Clock): Authorizer {
  const answers = new ExpiringCache<Decision>({ clock, lifetime, maxEntries });
  return {
    authorize(attributes) {
      if (isOpenPath(attributes.path)) return { decision: 'allow' };
      if (attributes.user.groups.includes('system:masters')) return { decision: 'allow' };
      const spec = reviewSpec(attributes);
      return answers.get(JSON.stringify(spec), () => review(client, spec));
    },
  };
}

/** Paths that everybody may ask for, known or not. */
export function isOpenPath(path: string): boolean {
  return openPaths.has(path);
}

type ReviewSpec = NonNullable<SubjectAccessReview['spec']>;

async function review(client: Client, spec: ReviewSpec): Promise<Decision> {
  try {
    const { status } = await client.create(SubjectAccessReview, { metadata: {}, spec });
    const reason = status?.reason === undefined ? {} : { reason: status.reason };
    if (status?.allowed === true) return { decision: 'allow', ...reason };
    return { decision: status?.denied === true ? 'deny' : 'noOpinion', ...reason };
  } catch (error) {
    // What the cluster refuses to this server is no answer about its client.
    if (isStatusError(error)) throw internalError(`access could not be reviewed: ${error.message}`);
    throw error;
  }
}

function reviewSpec({ user, verb, path, ...resource }: AuthorizationAttributes): ReviewSpec {
  const { username, uid, groups, extra } = user;
  const subject = {
    user: username,
    groups: [...groups],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined
      ? {}
      : { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
  };
  if (!resource.isResourceRequest) return { ...subject, nonResourceAttributes: { path, verb } };
  const { apiGroup, apiVersion, resource: plural, subresource, namespace, name } = resource;
  return {
    ...subject,
    resourceAttributes: { group: apiGroup, version: apiVersion, resource: plural, subresource, namespace, name, verb },
  };
}
