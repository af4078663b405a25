/**
 * The client certificate of a TLS connection. The server asks every client for one and refuses none: whether it is good
 * is for the x509 authenticator to say.
 */
import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../request/api-request.ts';

/** Reads the certificate that the client presented; undefined when it presented none. */
export function readPeerCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const certificate = socket.getPeerCertificate(false);
  // Node answers {} for "no certificate" although its type says otherwise.
  if (certificate?.raw === undefined) return undefined;
  return {
    verified: socket.authorized,
    commonName: firstValue(certificate.subject.CN),
    organizations: allValues(certificate.subject.O),
    raw: certificate.raw,
  };
}

function firstValue(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

function allValues(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
