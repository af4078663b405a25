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

const usernameHeader = requestHeaderNames.username.toLowerCase();
const uidHeader = requestHeaderNames.uid.toLowerCase();
const groupHeader = requestHeaderNames.group.toLowerCase();
const extraPrefix = requestHeaderNames.extraPrefix.toLowerCase();

/**
 * @param allowedNames common names of front proxies; empty: every certificate of the authority counts
 * @example authenticators: [requestHeaderAuthenticator([frontProxyName]), x509Authenticator]
 */
export function requestHeaderAuthenticator(allowedNames: readonly string[]): Authenticator {
  return {
    name: 'requestheader',
    authenticate({ peerCertificate, headers }): UserInfo | undefined {
      if (peerCertificate?.verified !== true || !peerCertificate.frontProxy) return undefined;
      if (allowedNames.length > 0 && !allowedNames.includes(peerCertificate.commonName)) return undefined;
      return userOf(headers);
    },
  };
}

function userOf(headers: ApiRequest['headers']): UserInfo | undefined {
  const username = headers[usernameHeader] ?? '';
  if (username === '') return undefined;
  const uid = headers[uidHeader] ?? '';
  const extra: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(extraPrefix)) extra[unescapedKey(name.slice(extraPrefix.length))] = headerList(value);
  }
  return {
    username,
    groups: headerList(headers[groupHeader]),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
