/**
 * Users that a front proxy names in headers ("Authenticating Proxy", Kubernetes documentation). Believed only over a
 * connection whose client certificate the authority of front proxies has signed, and that has one of the allowed names.
 */
import type { ApiRequest } from '../request/api-request.ts';
import { headerList, unescapedKey } from '../request/header-values.ts';
import type { Authenticator } from './authenticator.ts';
import type { UserInfo } from './user-info.ts';

/** The headers that this platform's own API server sends, and believes itself. */
export const requestHeaderNames = {
  username: 'X-Remote-User',
  uid: 'X-Remote-Uid',
  group: 'X-Remote-Group',
  extraPrefix: 'X-Remote-Extra-',
} as const;

/** Whom to believe, and where they say who the user is. */
export interface RequestHeaderSettings {
  /** Common names of front proxies; empty: every certificate of the authority counts. */
  readonly allowedNames: readonly string[];
  /** The first of these that a request has. */
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  /** All of them. */
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

/** What this platform's own API server sends. */
function ownSettings(allowedNames: readonly string[]): RequestHeaderSettings {
  const { username, uid, group, extraPrefix } = requestHeaderNames;
  return {
    allowedNames,
    usernameHeaders: [username],
    uidHeaders: [uid],
    groupHeaders: [group],
    extraHeaderPrefixes: [extraPrefix],
  };
}

/**
 * @param trust common names of front proxies that send this platform's headers, or what says now whom to believe
 * @example authenticators: [requestHeaderAuthenticator([frontProxyName]), x509Authenticator]
 */
export function requestHeaderAuthenticator(trust: readonly string[] | (() => RequestHeaderSettings)): Authenticator {
  const current = typeof trust === 'function' ? trust : constant(ownSettings(trust));
  return {
    name: 'requestheader',
    authenticate({ peerCertificate, headers }): UserInfo | undefined {
      if (peerCertificate?.verified !== true || !peerCertificate.frontProxy) return undefined;
      const settings = current();
      const { allowedNames } = settings;
      if (allowedNames.length > 0 && !allowedNames.includes(peerCertificate.commonName)) return undefined;
      return userOf(headers, settings);
    },
  };
}

function userOf(headers: ApiRequest['headers'], settings: RequestHeaderSettings): UserInfo | undefined {
  const username = firstOf(headers, settings.usernameHeaders);
  if (username === '') return undefined;
  const uid = firstOf(headers, settings.uidHeaders);
  const extra: Record<string, readonly string[]> = {};
  for (const prefix of settings.extraHeaderPrefixes.map((each) => each.toLowerCase())) {
    for (const [name, value] of Object.entries(headers)) {
      if (name.startsWith(prefix)) extra[unescapedKey(name.slice(prefix.length))] = headerList(value);
    }
  }
  return {
    username,
    groups: settings.groupHeaders.flatMap((name) => headerList(headers[name.toLowerCase()])),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function firstOf(headers: ApiRequest['headers'], names: readonly string[]): string {
  return names.map((name) => headers[name.toLowerCase()] ?? '').find((value) => value !== '') ?? '';
}

function constant<T>(value: T): () => T {
  return () => value;
}
