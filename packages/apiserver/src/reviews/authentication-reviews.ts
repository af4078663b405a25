/**
 * Questions about who somebody is: TokenReview (whose token is this) and SelfSubjectReview (who am I).
 * Source: `authentication.k8s.io/v1`.
 */
import type { Unstructured } from '@kindred/machinery';
import { badRequest, isJsonObject, isStatusError } from '@kindred/machinery';
import type { ServiceAccountTokenAuthenticator } from '../authentication/service-account/token-authenticator.ts';
import type { UserInfo } from '../authentication/user-info.ts';
import type { ReviewHandler } from '../resources/subresources/subresource-handler.ts';

const group = 'authentication.k8s.io';

/** @param audiences for which tokens are believed when a review names none */
export function authenticationReviews(
  tokens: ServiceAccountTokenAuthenticator,
  audiences: readonly string[],
): ReviewHandler[] {
  return [
    { group, resource: 'tokenreviews', review: (object) => reviewToken(object, tokens, audiences) },
    {
      group,
      resource: 'selfsubjectreviews',
      review: (object, { exchange }) => ({ ...object, status: { userInfo: userInfo(exchange.user) } }),
    },
  ];
}

async function reviewToken(
  object: Unstructured,
  tokens: ServiceAccountTokenAuthenticator,
  defaultAudiences: readonly string[],
): Promise<Unstructured> {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {};
  const { token, audiences } = spec;
  if (typeof token !== 'string' || token === '')
    throw badRequest('token is required for TokenReview in authentication');
  const asked = Array.isArray(audiences) ? audiences.filter((item) => typeof item === 'string') : [];
  // The token is a secret that the asker has already: the answer doesn't repeat it.
  const { token: _, ...rest } = spec;
  const wanted = asked.length > 0 ? asked : defaultAudiences;
  try {
    const found = await tokens.review(token, wanted);
    const status =
      found === undefined
        ? { authenticated: false, error: 'the token is of no kind that this server knows' }
        : { authenticated: true, user: userInfo(withAuthenticated(found.user)), audiences: [...found.audiences] };
    return { ...object, spec: rest, status };
  } catch (error) {
    if (!isStatusError(error, 'Unauthorized')) throw error;
    return { ...object, spec: rest, status: { authenticated: false, error: 'the token is not valid' } };
  }
}

function withAuthenticated(user: UserInfo): UserInfo {
  return { ...user, groups: [...user.groups, 'system:authenticated'] };
}

function userInfo({ username, uid, groups, extra }: UserInfo): Record<string, unknown> {
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: [...groups],
    ...(extra === undefined ? {} : { extra }),
  };
}
