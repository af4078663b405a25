/**
 * The certificates that an extension's webhooks and API servers serve with: an authority of their own, known to nobody but
 * the API server through what registers them, and a server certificate that is replaced when two thirds of its time are
 * over. One process keeps them in memory; pods behind one Service share them in a Secret.
 */
import { Secret } from '@kindred/apis/core/v1';
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { Client } from '@kindred/client';
import { type Clock, formatTime, isStatusError, type Observed, parseTime } from '@kindred/machinery';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';

export interface ServingCertificate {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The authority of this certificate and of the one before it, which somebody may still be serving with. */
  readonly authorities: string;
  /** Milliseconds since the epoch: the time for the next one. */
  readonly renewAt: number;
}

/** Gives the certificate to serve with now. Asked at the start and again from time to time. */
export type ServingCertificates = () => Promise<ServingCertificate>;

export interface CertificateNames {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

const day = 86_400_000;
const lifetime = 90 * day;
/** Clocks differ. */
const leeway = 300_000;

/** To keep the Secret of this name. Whoever may create Secrets may create any: their names aren't known beforehand. */
export function secretRules(name: string): PolicyRule[] {
  const secrets = { apiGroups: [''], resources: ['secrets'] };
  return [
    { ...secrets, verbs: ['create'] },
    { ...secrets, resourceNames: [name], verbs: ['get', 'update'] },
  ];
}

/** Of this process alone. */
export function ownCertificates(names: CertificateNames, clock: Clock): ServingCertificates {
  let current: ServingCertificate | undefined;
  return async () => {
    const now = clock.now();
    if (current === undefined || now >= current.renewAt) current = issue(names, now, current?.authorities);
    return current;
  };
}

/** Shared in a Secret. Whoever finds it missing or due writes the next one; the others read it. */
export function secretCertificates(
  names: CertificateNames,
  at: { readonly namespace: string; readonly name: string },
  { client, clock }: { readonly client: Client; readonly clock: Clock },
): ServingCertificates {
  return async () => {
    for (let attempt = 1; ; attempt++) {
      const stored = await findSecret(client, at);
      const known = stored === undefined ? undefined : certificateOf(stored);
      const now = clock.now();
      if (known !== undefined && now < known.renewAt) return known;
      const next = issue(names, now, known?.authorities);
      try {
        await writeSecret(client, at, next, stored);
        return next;
      } catch (error) {
        // Somebody else was faster: theirs is the one to serve with.
        const isTaken = isStatusError(error, 'Conflict') || isStatusError(error, 'AlreadyExists');
        if (!isTaken || attempt === attempts) throw error;
      }
    }
  };
}

const attempts = 5;
const renewAnnotation = 'extensions.kindred.dev/renew-at';

function issue(names: CertificateNames, now: number, before: string | undefined): ServingCertificate {
  const validity = { notBefore: new Date(now - leeway), notAfter: new Date(now + lifetime) };
  const authority = createAuthority('kindred-extension', validity);
  const leaf = { commonName: 'kindred-extension', usages: ['serverAuth'] as const, ...names, ...validity };
  // The authority's key ends here: nobody else gets a certificate of it.
  const { key, certificate } = issueCertificate(authority, leaf);
  const [previous = ''] = before?.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
  return { key, certificate, authorities: authority.certificate + previous, renewAt: now + (lifetime * 2) / 3 };
}

async function findSecret(
  client: Client,
  at: { readonly namespace: string; readonly name: string },
): Promise<Observed<Secret> | undefined> {
  try {
    return await client.get(Secret, at);
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function certificateOf({ metadata, data = {} }: Secret): ServingCertificate | undefined {
  const [key, certificate, authorities] = ['tls.key', 'tls.crt', 'ca.crt'].map((name) =>
    Buffer.from(data[name] ?? '', 'base64').toString(),
  );
  const renewAt = parseTime(metadata.annotations?.[renewAnnotation] ?? '');
  if (!key || !certificate || !authorities || renewAt === undefined) return undefined;
  return { key, certificate, authorities, renewAt };
}

async function writeSecret(
  client: Client,
  at: { readonly namespace: string; readonly name: string },
  { key, certificate, authorities, renewAt }: ServingCertificate,
  stored: Observed<Secret> | undefined,
): Promise<void> {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const secret = {
    metadata: {
      ...at,
      annotations: { [renewAnnotation]: formatTime(renewAt) },
      ...(stored === undefined ? {} : { resourceVersion: stored.metadata.resourceVersion }),
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.key': encoded(key), 'tls.crt': encoded(certificate), 'ca.crt': encoded(authorities) },
  };
  if (stored === undefined) await client.create(Secret, secret);
  else await client.update(Secret, secret);
}
