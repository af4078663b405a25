/**
 * The headers of a forwarded request and of its answer. The credentials of the client stay here: the other server learns
 * who the user is from headers that it believes because of this server's own certificate ("Authenticating Proxy", Kubernetes
 * documentation).
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { requestHeaderNames } from '../authentication/request-header-authenticator.ts';
import type { UserInfo } from '../authentication/user-info.ts';
import type { Exchange } from '../chain/exchange.ts';

/** They are about one connection (RFC 9110, section 7.6.1; RFC 9113, section 8.2.2). */
const hopByHop = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const dropped = new Set([
  ...hopByHop,
  'authorization',
  'expect',
  'host',
  requestHeaderNames.username.toLowerCase(),
  requestHeaderNames.uid.toLowerCase(),
  requestHeaderNames.group.toLowerCase(),
]);

const droppedPrefixes = [':', 'impersonate-', requestHeaderNames.extraPrefix.toLowerCase()];
/** A WebSocket's way to carry a token. */
const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';

/** The request's headers, with the user in place of its credentials. */
export function requestHeaders({ request, user, auditId }: Exchange): OutgoingHttpHeaders {
  const { headers, remoteAddress, upgrade } = request;
  const connectionHeaders = new Set(listed(headers['connection']));
  const forwarded: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || dropped.has(name) || connectionHeaders.has(name)) continue;
    if (droppedPrefixes.some((prefix) => name.startsWith(prefix))) continue;
    forwarded[name] = value;
  }
  const protocols = headers['sec-websocket-protocol'];
  if (protocols?.includes(bearerProtocol) === true) {
    const rest = protocols.split(',').filter((each) => !each.trim().startsWith(bearerProtocol));
    forwarded['sec-websocket-protocol'] = rest.join(',').trim();
  }
  if (upgrade !== undefined) Object.assign(forwarded, { connection: 'Upgrade', upgrade });
  if (remoteAddress !== '') {
    const before = headers['x-forwarded-for'];
    forwarded['x-forwarded-for'] = before === undefined ? remoteAddress : `${before}, ${remoteAddress}`;
  }
  forwarded['audit-id'] = auditId;
  return Object.assign(forwarded, userHeaders(user));
}

/** Who the request comes from, for a server that trusts this one. */
export function userHeaders({ username, uid, groups, extra = {} }: UserInfo): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { [requestHeaderNames.username]: username };
  if (uid !== undefined && uid !== '') headers[requestHeaderNames.uid] = uid;
  const sendable = groups.filter(isOneValue);
  if (sendable.length > 0) headers[requestHeaderNames.group] = sendable;
  for (const [key, values] of Object.entries(extra)) {
    headers[`${requestHeaderNames.extraPrefix}${escapedKey(key)}`] = values.filter(isOneValue);
  }
  return headers;
}

/**
 * Many servers join repeated headers with commas: `a,system:masters` would be two groups there. Better none than another
 * user's rights.
 */
function isOneValue(value: string): boolean {
  return !value.includes(',');
}

/** Percent-encodes what may not stand in a header's name, and the percent sign itself. */
function escapedKey(key: string): string {
  let escaped = '';
  for (const byte of Buffer.from(key, 'utf8')) {
    const character = String.fromCharCode(byte);
    const legal = /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(character);
    escaped += legal ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** The answer's headers, without those that are about the connection to the other server. */
export function responseHeaders(headers: IncomingHttpHeaders): Record<string, string | readonly string[]> {
  const connectionHeaders = new Set(listed(headers.connection));
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || hopByHop.includes(name) || connectionHeaders.has(name)) continue;
    kept[name] = value;
  }
  return kept;
}

function listed(header: string | undefined): string[] {
  return (header ?? '').split(',').map((name) => name.trim().toLowerCase());
}
