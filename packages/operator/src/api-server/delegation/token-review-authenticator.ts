/**
 * Bearer tokens that the cluster knows: asked for with a TokenReview (`authentication.k8s.io/v1`), whose answer holds for
 * ten seconds.
 */
import { createHash } from 'node:crypto';
import { TokenReview } from '@kindred/apis/authentication/v1';
import type { ApiRequest, Authenticator, UserInfo } from '@kindred/apiserver';
import type { Client } from '@kindred/client';
import { type Clock, internalError, isStatusError, unauthorized } from '@kindred/machinery';
import { ExpiringCache } from './expiring-cache.ts';

/** Milliseconds, as other servers have it. */
const lifetime = 10_000;
const maxEntries = 4096;

export function tokenReviewAuthenticator(client: Client, clock: Clock): Authenticator {
  const answers = new ExpiringCache<UserInfo | undefined>({ clock, lifetime, maxEntries });
  return {
    name: 'tokenreview',
    authenticate(request) {
      const token = bearerToken(request);
      if (token === undefined) return undefined;
      // Tokens aren't kept: a digest tells them apart.
      const key = createHash('sha256').update(token).digest('base64');
      return answers.get(key, () => review(client, token)).then(demandUser);
    },
  };
}

function bearerToken({ headers }: ApiRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers['authorization']?.trim() ?? '')?.[1];
}

async function review(client: Client, token: string): Promise<UserInfo | undefined> {
  try {
    const { status } = await client.create(TokenReview, { metadata: {}, spec: { token } });
    const { user } = status ?? {};
    if (status?.authenticated !== true || user?.username === undefined) return undefined;
    const { username, uid, groups = [], extra } = user;
    return { username, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
  } catch (error) {
    // What the cluster refuses to this server is no answer about its client.
    if (isStatusError(error)) throw internalError(`the token could not be reviewed: ${error.message}`);
    throw error;
  }
}

function demandUser(user: UserInfo | undefined): UserInfo {
  if (user === undefined) throw unauthorized();
  return user;
}
