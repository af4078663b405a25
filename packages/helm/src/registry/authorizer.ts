/**
 * Answers the challenges of registries (Distribution documentation, "Token Authentication Specification"): basic
 * credentials, or a token of the realm that the registry names, kept for further requests of the same kind.
 */
import { isJsonObject } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import { parseUrl } from '../http/url.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import type { Credential } from './credential.ts';
import { registryError } from './registry-error.ts';

export interface AuthorizerOptions {
  readonly http: HttpClient;
  /** Credentials for a host; asked once for each. */
  readonly credential: (host: string) => Promise<Credential | undefined>;
  /** True when registries are spoken to without TLS: then realms may be, too. */
  readonly plainHttp: boolean;
}

const MAX_TOKEN_BYTES = 1024 * 1024;

/** Knows tokens for as long as it lives. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #credentials = new Map<string, Promise<Credential | undefined>>();
  readonly #headers = new Map<string, string>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** What worked the last time for requests of this kind. */
  known(host: string, scope: string): string | undefined {
    return this.#headers.get(`${host} ${scope}`);
  }

  /** The header Authorization that a 401 asks for; undefined when there is nothing to answer with. Throws ChartError. */
  async answer(host: string, scope: string, refusal: HttpAnswer, signal?: AbortSignal): Promise<string | undefined> {
    const challenge = parseChallenge(refusal.headers['www-authenticate'] ?? '');
    if (challenge === undefined) return undefined;
    const credential = await this.#credential(host);
    const header =
      challenge.scheme === 'basic' ? basicHeader(credential) : await this.#token(challenge, scope, credential, signal);
    if (header === undefined) throw new ChartError('basic credential not found');
    this.#headers.set(`${host} ${scope}`, header);
    return header;
  }

  #credential(host: string): Promise<Credential | undefined> {
    const asked = this.#credentials.get(host) ?? this.#options.credential(host);
    this.#credentials.set(host, asked);
    return asked;
  }

  async #token(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    scope: string,
    credential: Credential | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const realm = parseUrl(challenge.realm);
    if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && this.#options.plainHttp)) {
      throw new ChartError(`refusing to ask ${realm.origin} for a token: only https is safe for credentials`);
    }
    const wanted = challenge.scope === '' ? scope : challenge.scope;
    const request =
      credential?.kind === 'refresh-token'
        ? exchangeRequest(realm, challenge.service, wanted, credential.token)
        : tokenRequest(realm, challenge.service, wanted, credential);
    const answer = await this.#options.http.send({
      ...request,
      maxBytes: MAX_TOKEN_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status !== 200) throw registryError(request.method ?? 'GET', answer);
    return `Bearer ${tokenOf(answer.body)}`;
  }
}

function basicHeader(credential: Credential | undefined): string | undefined {
  if (credential?.kind !== 'basic') return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

interface TokenRequest {
  readonly url: URL;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function tokenRequest(realm: URL, service: string, scope: string, credential: Credential | undefined): TokenRequest {
  const url = new URL(realm);
  for (const each of scope.split(' ')) if (each !== '') url.searchParams.append('scope', each);
  if (service !== '') url.searchParams.set('service', service);
  const authorization = basicHeader(credential);
  return { url, ...(authorization === undefined ? {} : { headers: { authorization } }) };
}

/** OAuth 2: a token that lasts is exchanged for one that serves the request. */
function exchangeRequest(realm: URL, service: string, scope: string, token: string): TokenRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service,
    client_id: 'kindred',
    refresh_token: token,
  });
  if (scope !== '') form.set('scope', scope);
  return {
    url: realm,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  };
}

function tokenOf(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new ChartError('the answer with the token is not JSON', { cause: error });
  }
  const token = isJsonObject(value) ? (value['token'] ?? value['access_token']) : undefined;
  if (typeof token !== 'string' || token === '') throw new ChartError('empty token returned');
  return token;
}
