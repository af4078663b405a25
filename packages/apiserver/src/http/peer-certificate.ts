/**
 * The client certificate of a TLS connection. The server asks every client for one and refuses none: whether it is good
 * is for the x509 authenticator to say.
 */
import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../request/api-request.ts';

/**
 * Reads the certificate that the client presented; undefined when it presented none.
 * @param frontProxyAuthorities those that sign for front proxies only
 */
export function readPeerCertificate(
  socket: TLSSocket,
  frontProxyAuthorities: readonly X509Certificate[],
): PeerCertificate | undefined {
  const certificate = socket.getPeerCertificate(false);
  // Node answers {} for "no certificate" although its type says otherwise.
  if (certificate?.raw === undefined) return undefined;
  return {
    verified: socket.authorized,
    frontProxy: frontProxyAuthorities.length > 0 && isIssuedByOne(certificate.raw, frontProxyAuthorities),
    commonName: firstValue(certificate.subject.CN),
    organizations: allValues(certificate.subject.O),
    raw: certificate.raw,
  };
}

/** The certificates of a PEM bundle. */
export function certificatesOf(bundle: string): X509Certificate[] {
  const certificates = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.map((pem) => new X509Certificate(pem));
}

/**
 * Directly, and by its signature: what else a client sends along proves nothing, since TLS demands only that one of all
 * trusted authorities signed.
 */
function isIssuedByOne(raw: Buffer, authorities: readonly X509Certificate[]): boolean {
  const certificate = new X509Certificate(raw);
  return authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
}

function firstValue(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

function allValues(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
