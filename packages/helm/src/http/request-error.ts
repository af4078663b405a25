/**
 * What is told about a request that found no answer: the method, the address without its password, and the cause in the
 * words that helm's users know (those of Go's net, net/http and crypto/x509).
 */
import { ProxyError } from '@kindred/client';
import { goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';

/** No answer, or not all of it. `shown` is how to write the address. */
export function requestError(method: string, url: URL, cause: unknown, shown = redacted(url)): ChartError {
  return new ChartError(`${verb(method)} ${goQuote(shown)}: ${causeText(url, cause)}`, { cause });
}

/** The address as it may be shown: a password becomes `***`. */
export function redacted(url: URL): string {
  if (url.password === '') return url.href;
  const shown = new URL(url);
  shown.password = '***';
  return shown.href;
}

function verb(method: string): string {
  return method.slice(0, 1) + method.slice(1).toLowerCase();
}

/** Codes of Node's system and TLS errors. */
const CAUSES: Readonly<Record<string, (address: string, url: URL) => string>> = {
  ECONNREFUSED: (address) => `dial tcp ${address}: connect: connection refused`,
  EHOSTUNREACH: (address) => `dial tcp ${address}: connect: no route to host`,
  ENETUNREACH: (address) => `dial tcp ${address}: connect: network is unreachable`,
  ETIMEDOUT: (address) => `dial tcp ${address}: i/o timeout`,
  ENOTFOUND: (_, { hostname }) => `dial tcp: lookup ${hostname}: no such host`,
  EAI_AGAIN: (_, { hostname }) => `dial tcp: lookup ${hostname}: Temporary failure in name resolution`,
  ECONNRESET: () => 'EOF',
  EPIPE: () => 'write: broken pipe',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => unverified('certificate signed by unknown authority'),
  SELF_SIGNED_CERT_IN_CHAIN: () => unverified('certificate signed by unknown authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => unverified('certificate signed by unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT: () => unverified('certificate signed by unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => unverified('certificate signed by unknown authority'),
  CERT_HAS_EXPIRED: () => unverified('certificate has expired or is not yet valid'),
  CERT_NOT_YET_VALID: () => unverified('certificate has expired or is not yet valid'),
  ERR_TLS_CERT_ALTNAME_INVALID: (_, { hostname }) => unverified(`certificate is not valid for ${hostname}`),
};

/** What the other side of a TLS connection says against it (RFC 8446, section 6), by number. */
const ALERTS: Readonly<Record<number, string>> = {
  40: 'handshake failure',
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'revoked certificate',
  45: 'expired certificate',
  46: 'unknown certificate',
  48: 'unknown certificate authority',
  49: 'access denied',
  70: 'protocol version not supported',
  71: 'insufficient security level',
  80: 'internal error',
  112: 'unrecognized name',
  116: 'certificate required',
};

const unverified = (what: string): string => `tls: failed to verify certificate: x509: ${what}`;

function causeText(url: URL, cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof ProxyError && cause.cause !== undefined)
    return `proxyconnect tcp: ${causeText(url, cause.cause)}`;
  if (cause.name === 'TimeoutError')
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  if (cause.name === 'AbortError') return 'context canceled';
  if (/wrong version number|packet length too long/.test(cause.message)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  const alert = ALERTS[Number(/SSL alert number (\d+)/.exec(cause.message)?.[1])];
  if (alert !== undefined) return `remote error: tls: ${alert}`;
  const code = errorCode(cause);
  const text = code === undefined ? undefined : CAUSES[code];
  if (text === undefined) return cause.message;
  return text(address(cause, url), url);
}

function errorCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses of a host were tried: the last says as much as the others.
  if (error instanceof AggregateError) {
    const inner: unknown = error.errors.at(-1);
    return inner instanceof Error ? errorCode(inner) : undefined;
  }
  return undefined;
}

function address(error: Error, url: URL): string {
  const known = 'port' in error ? String(error.port) : url.port;
  const port = known === '' ? (url.protocol === 'https:' ? '443' : '80') : known;
  const host = 'address' in error && typeof error.address === 'string' ? error.address : url.hostname;
  return `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
