/**
 * A new ID token for a refresh token, from an issuer of OpenID Connect: its discovery document says where tokens are given
 * (OpenID Connect Core 1.0, section 12; Discovery 1.0, section 4; RFC 6749, section 6). Texts are those of client-go and of
 * Go's oauth2.
 */
import { STATUS_CODES } from 'node:http';
import { errorText, hasErrorCode, isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import { createHttpTransport } from '../../http-transport/http-transport.ts';
import type { ProxyFor } from '../../proxy/proxy.ts';

export interface OidcClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Certificates of the authorities that the issuer is trusted by, PEM; the system's when not given. */
  readonly ca?: string | Buffer;
  readonly proxy?: ProxyFor;
}

export interface RefreshedTokens {
  readonly idToken: string;
  /** That of before, when the issuer gave no other one. */
  readonly refreshToken: string;
}

/** Like Go's reader of tokens; a discovery document is shorter. */
const MOST_BYTES = 1_048_576;

/** @throws Error in client-go's words; never with a token in it, unless the issuer says one */
export async function refreshTokens(client: OidcClient, refreshToken: string): Promise<RefreshedTokens> {
  const endpoint = await tokenEndpoint(client);
  const answer = await grant(client, endpoint, refreshToken).catch((error: unknown) => {
    throw new Error(`failed to refresh token: ${errorText(error)}`, {
      cause: error,
    });
  });
  const { id_token: idToken, refresh_token: next } = answer;
  if (typeof idToken !== 'string') {
    throw new Error(
      'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, or the provider doesn\'t support id_tokens as part of the refresh response',
    );
  }
  return { idToken, refreshToken: typeof next === 'string' && next !== '' ? next : refreshToken };
}

async function tokenEndpoint(client: OidcClient): Promise<URL> {
  const address = `${client.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { status, text } = await send(client, 'GET', new URL(address));
  if (status !== 200) {
    const start = text.length > 80 ? `${text.slice(0, 80)}...` : text;
    throw new Error(`oidc: failed to query metadata endpoint ${statusText(status)}: ${JSON.stringify(start)}`);
  }
  const document = parsed(text);
  if (!isJsonObject(document))
    throw new Error('oidc: failed to decode provider discovery object: it is no JSON object');
  const endpoint = document['token_endpoint'];
  if (typeof endpoint !== 'string' || endpoint === '') {
    throw new Error("oidc: discovery object doesn't contain a token_endpoint");
  }
  if (!URL.canParse(endpoint)) throw new Error(`oidc: ${endpoint} is no URL`);
  return new URL(endpoint);
}

/** Issuers take the client's name in a header or in the form; which one isn't known before it was tried. */
async function grant(client: OidcClient, endpoint: URL, refreshToken: string): Promise<JsonObject> {
  const { clientId, clientSecret } = client;
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const words = [clientId, clientSecret].map(queryEscaped).join(':');
  try {
    return await ask(client, endpoint, form, { authorization: `Basic ${Buffer.from(words).toString('base64')}` });
  } catch {
    // What the second attempt is told counts.
    const secret = clientSecret === '' ? {} : { client_secret: clientSecret };
    return ask(client, endpoint, { client_id: clientId, ...secret, ...form }, {});
  }
}

async function ask(
  client: OidcClient,
  endpoint: URL,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const body = Buffer.from(
    Object.entries(form)
      .map(([name, value]) => `${queryEscaped(name)}=${queryEscaped(value)}`)
      .join('&'),
  );
  const { status, text, contentType } = await send(client, 'POST', endpoint, { headers, body });
  const isForm = /^(?:application\/x-www-form-urlencoded|text\/plain)(?:;|$)/.test(contentType);
  const answer: JsonValue | undefined = isForm ? Object.fromEntries(new URLSearchParams(text)) : parsed(text);
  const isGood = status >= 200 && status <= 299;
  const fields = isJsonObject(answer) ? answer : {};
  const said = ['error', 'error_description', 'error_uri'].map((name) => fields[name]);
  if (!isGood || (typeof said[0] === 'string' && said[0] !== '')) {
    const words = said.filter((each) => typeof each === 'string' && each !== '').map((each) => JSON.stringify(each));
    throw new Error(
      typeof said[0] === 'string' && said[0] !== ''
        ? `oauth2: ${words.join(' ')}`
        : `oauth2: cannot fetch token: ${statusText(status)}\nResponse: ${text}`,
    );
  }
  if (!isJsonObject(answer)) throw new Error('oauth2: cannot parse json: it is no JSON object');
  if (typeof fields['access_token'] !== 'string' || fields['access_token'] === '') {
    throw new Error('oauth2: server response missing access_token');
  }
  return answer;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

/** One request on a connection of its own. */
async function send(
  { ca, proxy }: OidcClient,
  method: 'GET' | 'POST',
  url: URL,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer } = {},
): Promise<Answer> {
  const transport = createHttpTransport({
    server: url.origin,
    ...(ca === undefined ? {} : { tls: () => Promise.resolve({ ca }) }),
    ...(proxy === undefined ? {} : { proxy }),
  });
  try {
    const answer = await transport.request({
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: answer.status,
      text: await readText(answer.body),
      contentType: answer.headers['content-type'] ?? '',
    };
  } catch (error) {
    // Without a cause: it is the issuer that can't be reached, not the cluster.
    throw new Error(`${method === 'GET' ? 'Get' : 'Post'} ${JSON.stringify(url.href)}: ${connectProblem(error, url)}`);
  } finally {
    await transport.close();
  }
}

function connectProblem(error: unknown, { hostname, port, protocol }: URL): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!hasErrorCode(cause, 'ECONNREFUSED')) continue;
    return `dial tcp ${hostname}:${port || (protocol === 'http:' ? '80' : '443')}: connect: connection refused`;
  }
  return errorText(error);
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): JsonValue | undefined {
  try {
    // What was parsed is JSON.
    return JSON.parse(text) as JsonValue;
  } catch {
    // The parser's message would quote the answer, which may hold tokens.
    return undefined;
  }
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}

/** As Go's url.QueryEscape. */
function queryEscaped(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
