/**
 * Users from service-account tokens: signature, time, audience, and that the account and the object a token is bound to
 * are still there.
 *
 * A token whose signature was checked is remembered until it ends, so that each later request costs a map lookup; the
 * objects are looked up every time, so deleting one ends its tokens at once.
 */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '@kindred/machinery';
import { unauthorized } from '@kindred/machinery';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { ApiRequest } from '../../request/api-request.ts';
import type { Authenticator } from '../authenticator.ts';
import { bearerToken } from '../bearer-token.ts';
import type { UserInfo } from '../user-info.ts';
import type { ObjectReference, TokenClaims } from './token-claims.ts';
import { parseTokenClaims, serviceAccountUser } from './token-claims.ts';

/** Finds a core object by resource, namespace ('' for nodes) and name. Answers from memory. */
export interface ObjectLookup {
  (
    resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes',
    namespace: string,
    name: string,
  ): { readonly uid: string /** Milliseconds since the epoch. */; readonly deletionTime?: number } | undefined;
}

export interface TokenAuthenticatorOptions {
  readonly publicKey: KeyObject;
  readonly issuer: string;
  /** A token must be for one of these. */
  readonly audiences: readonly string[];
  readonly lookup: ObjectLookup;
  readonly clock: Clock;
}

/** Verified tokens that are remembered; the oldest is forgotten first. */
const rememberedTokens = 4096;
/** A pod's token lives on this long (ms) after the pod's grace period ended, as upstream allows. */
const deletionLeeway = 60_000;

export class ServiceAccountTokenAuthenticator implements Authenticator {
  readonly name = 'serviceaccount';
  readonly #options: TokenAuthenticatorOptions;
  readonly #verified = new Map<string, TokenClaims>();
  /** Whom the claims are about: made once, so that what others know of a user lasts as long as the token is remembered. */
  readonly #users = new WeakMap<TokenClaims, UserInfo>();

  constructor(options: TokenAuthenticatorOptions) {
    this.#options = options;
  }

  authenticate(request: ApiRequest): UserInfo | undefined | Promise<UserInfo | undefined> {
    const token = bearerToken(request);
    return token === undefined ? undefined : this.userOf(token, this.#options.audiences);
  }

  /** The user of a token, or a 401 StatusError; undefined when the token is not a JWT of this issuer. */
  userOf(token: string, audiences: readonly string[]): UserInfo | undefined | Promise<UserInfo | undefined> {
    const known = this.#verified.get(token);
    if (known !== undefined) return this.#userOfClaims(known, audiences);
    if (!looksLikeJwt(token)) return undefined;
    return this.#verify(token).then((claims) => this.#userOfClaims(claims, audiences));
  }

  /** The user of a token and those of the audiences that the token is for; otherwise as `userOf`. */
  async review(
    token: string,
    audiences: readonly string[],
  ): Promise<{ readonly user: UserInfo; readonly audiences: readonly string[] } | undefined> {
    const known = this.#verified.get(token);
    if (known === undefined && !looksLikeJwt(token)) return undefined;
    const claims = known ?? (await this.#verify(token));
    const user = this.#userOfClaims(claims, audiences);
    return { user, audiences: audiences.filter((audience) => claims.aud.includes(audience)) };
  }

  async #verify(token: string): Promise<TokenClaims> {
    try {
      const { payload } = await jwtVerify(token, this.#options.publicKey, {
        issuer: this.#options.issuer,
        algorithms: ['ES256'],
        currentDate: new Date(this.#options.clock.now()),
      });
      const claims = parseTokenClaims(payload);
      if (claims === undefined) throw unauthorized();
      this.#remember(token, claims);
      return claims;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw unauthorized();
      throw error;
    }
  }

  #remember(token: string, claims: TokenClaims): void {
    if (this.#verified.size >= rememberedTokens) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#verified.set(token, claims);
  }

  #userOfClaims(claims: TokenClaims, audiences: readonly string[]): UserInfo {
    const now = this.#options.clock.now();
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    const valid =
      now < claims.exp * 1000 &&
      now >= (claims.nbf - 60) * 1000 &&
      claims.aud.some((audience) => audiences.includes(audience)) &&
      this.#isThere('serviceaccounts', namespace, serviceaccount, now) &&
      this.#isThere('pods', namespace, pod, now) &&
      this.#isThere('secrets', namespace, secret, now) &&
      (pod !== undefined || this.#isThere('nodes', '', node, now));
    if (!valid) throw unauthorized();
    let user = this.#users.get(claims);
    if (user === undefined) {
      user = { ...serviceAccountUser(namespace, serviceaccount), extra: extra(claims) };
      this.#users.set(claims, user);
    }
    return user;
  }

  #isThere(
    resource: Parameters<ObjectLookup>[0],
    namespace: string,
    reference: ObjectReference | undefined,
    now: number,
  ): boolean {
    if (reference === undefined) return true;
    const found = this.#options.lookup(resource, namespace, reference.name);
    if (found === undefined || found.uid !== reference.uid) return false;
    return found.deletionTime === undefined || now < found.deletionTime + deletionLeeway;
  }
}

function looksLikeJwt(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg !== undefined;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function extra(claims: TokenClaims): Record<string, readonly string[]> {
  const { pod, node } = claims['kubernetes.io'];
  const prefix = 'authentication.kubernetes.io/';
  return {
    [`${prefix}credential-id`]: [`JTI=${claims.jti}`],
    ...(pod === undefined ? {} : { [`${prefix}pod-name`]: [pod.name], [`${prefix}pod-uid`]: [pod.uid] }),
    ...(node === undefined ? {} : { [`${prefix}node-name`]: [node.name], [`${prefix}node-uid`]: [node.uid] }),
  };
}
