/**
 * Authentication: from a request's credentials to a user ("Authenticating", Kubernetes documentation).
 *
 * An authenticator answers undefined when it sees no credentials of its kind, a user when it knows them, and throws a 401
 * StatusError when it sees credentials of its kind that are not valid. `authenticate` returns a value directly where it
 * can, so that a cached token costs no promise.
 */
import { unauthorized } from '@kindred/machinery';
import type { ApiRequest } from '../request/api-request.ts';
import { bearerToken } from './bearer-token.ts';
import { anonymousUser, authenticatedGroup, type UserInfo } from './user-info.ts';

export interface Authenticator {
  /** Named in logs and metrics: `x509`, `serviceaccount`. */
  readonly name: string;
  authenticate(request: ApiRequest): UserInfo | undefined | Promise<UserInfo | undefined>;
}

/**
 * Asks the authenticators in turn; the first user wins. A request without credentials is anonymous.
 *
 * @throws StatusError 401 as soon as an authenticator refuses its credentials, and for credentials that none of them
 * knows: a token, or a certificate of an authority that isn't ours.
 */
export function authenticateInTurn(
  authenticators: readonly Authenticator[],
  request: ApiRequest,
): UserInfo | Promise<UserInfo> {
  for (let index = 0; index < authenticators.length; index++) {
    const answer = authenticators[index]?.authenticate(request);
    if (answer instanceof Promise) return continueAfter(answer, authenticators.slice(index + 1), request);
    if (answer !== undefined) return withAuthenticatedGroup(answer);
  }
  if (request.peerCertificate?.verified === false || bearerToken(request) !== undefined) throw unauthorized();
  return anonymousUser;
}

async function continueAfter(
  pending: Promise<UserInfo | undefined>,
  rest: readonly Authenticator[],
  request: ApiRequest,
): Promise<UserInfo> {
  const user = await pending;
  return user === undefined ? authenticateInTurn(rest, request) : withAuthenticatedGroup(user);
}

function withAuthenticatedGroup(user: UserInfo): UserInfo {
  if (user.groups.includes(authenticatedGroup) || user.username === anonymousUser.username) return user;
  let member = members.get(user);
  if (member === undefined) {
    member = { ...user, groups: [...user.groups, authenticatedGroup] };
    members.set(user, member);
  }
  return member;
}

/** Authenticators give the same user for the same token. */
const members = new WeakMap<UserInfo, UserInfo>();
