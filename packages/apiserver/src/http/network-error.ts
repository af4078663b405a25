/**
 * Failures to connect, in the words that Go has for them: they are what people search for when a webhook doesn't answer.
 */
import { isIP } from 'node:net';

/** The system's word for an error that Node.js knows by its code. */
const systemTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
};

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

export function networkErrorText(
  error: Error,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = systemTexts[code];
  if (known !== undefined) return `dial tcp ${host.includes(':') ? `[${host}]` : host}:${port}: ${known}`;
  if ((code === 'ENOTFOUND' || code === 'EAI_AGAIN') && isIP(host) === 0) {
    return `dial tcp: lookup ${host}: no such host`;
  }
  if (untrusted.has(code)) {
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `tls: failed to verify certificate: x509: ${error.message}`;
  if (code === 'ECONNRESET') return 'EOF';
  if (code.startsWith('HPE_')) return 'malformed HTTP response';
  if (error.message.includes('wrong version number')) return 'tls: first record does not look like a TLS handshake';
  return error.message;
}
