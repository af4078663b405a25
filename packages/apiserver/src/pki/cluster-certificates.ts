/**
 * The certificates and keys of one cluster, kept in a directory and renewed when they near their end.
 *
 * File names follow kubeadm (`ca.crt`, `apiserver.crt`, `sa.key`, …;
 * https://kubernetes.io/docs/setup/best-practices/certificates/). Keys are readable by their owner only. A file is
 * written beside its place and renamed, so that a crash leaves the old one or the new one.
 */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, hasErrorCode } from '@kindred/machinery';
import type { KeyAndCertificate, LeafRequest } from '@kindred/machinery/certificates';
import { createAuthority, createSigningKey, issueCertificate } from '@kindred/machinery/certificates';

export interface ClusterCertificates {
  /** Signs every certificate of the cluster; its certificate goes into kubeconfigs and `kube-root-ca.crt`. */
  readonly authority: KeyAndCertificate;
  /** The API server's serving certificate. */
  readonly apiserver: KeyAndCertificate;
  /** Client certificate of user `kubernetes-admin`, group `system:masters`. */
  readonly admin: KeyAndCertificate;
  /** Client certificate with which the API server calls node agents. */
  readonly apiserverKubeletClient: KeyAndCertificate;
  /** Client certificate of `system:node:<name>`, which is also the node agent's serving certificate. */
  readonly node: KeyAndCertificate;
  /** Signs the certificates of front proxies alone: whoever has one may say whom a request comes from. */
  readonly frontProxyAuthority: KeyAndCertificate;
  /** With which the API server forwards requests to the servers of APIServices. */
  readonly frontProxyClient: KeyAndCertificate;
  /** P-256 private key (PKCS#8 PEM) that signs service-account tokens. */
  readonly serviceAccountKey: string;
}

export interface ClusterCertificateOptions {
  readonly directory: string;
  /** Names and addresses under which clients reach the API server, besides the standard ones. */
  readonly serverNames: readonly string[];
  readonly serverAddresses: readonly string[];
  readonly nodeName: string;
  readonly nodeAddresses: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A file that the cluster's trust rests on can't be used. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly file: string;

  constructor(file: string, problem: string, cause?: unknown) {
    super(`${file} ${problem}`, { cause });
    this.file = file;
  }
}

const day = 86_400_000;
const authorityLifetime = 3650 * day;
const leafLifetime = 365 * day;
/** A certificate with less than this left is issued anew at start. */
const renewBefore = 30 * day;
/** Certificates are valid a little before they are made, for machines whose clocks run behind. */
const backdate = 5 * 60_000;

/** The common name by which servers of APIServices know that a request was forwarded. */
export const frontProxyName = 'front-proxy-client';

const standardServerNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/**
 * Reads the cluster's certificates from `directory`; makes what is missing, about to end, or no longer covers the
 * names asked for. The authority is never replaced while it is valid, so existing kubeconfigs keep working.
 *
 * @throws CertificateError when the authority, or the key that signs tokens, is damaged.
 */
export async function loadClusterCertificates(options: ClusterCertificateOptions): Promise<ClusterCertificates> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const authority = await loadAuthority(options, 'ca', 'kubernetes');
  const frontProxyAuthority = await loadAuthority(options, 'front-proxy-ca', 'front-proxy-ca');
  const leaf = (name: string, request: Omit<LeafRequest, 'notBefore' | 'notAfter'>): Promise<KeyAndCertificate> =>
    loadLeaf(options, authority, name, request);
  return {
    authority,
    apiserver: await leaf('apiserver', {
      commonName: 'kube-apiserver',
      usages: ['serverAuth'],
      dnsNames: [...new Set([...standardServerNames, ...options.serverNames])],
      ipAddresses: [...new Set(['127.0.0.1', '::1', ...options.serverAddresses])],
    }),
    admin: await leaf('admin', {
      commonName: 'kubernetes-admin',
      organizations: ['system:masters'],
      usages: ['clientAuth'],
    }),
    apiserverKubeletClient: await leaf('apiserver-kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      usages: ['clientAuth'],
    }),
    node: await leaf('node', {
      commonName: `system:node:${options.nodeName}`,
      organizations: ['system:nodes'],
      usages: ['clientAuth', 'serverAuth'],
      dnsNames: [options.nodeName],
      ipAddresses: [...options.nodeAddresses],
    }),
    frontProxyAuthority,
    frontProxyClient: await loadLeaf(options, frontProxyAuthority, 'front-proxy-client', {
      commonName: frontProxyName,
      usages: ['clientAuth'],
    }),
    serviceAccountKey: await loadSigningKey(options.directory),
  };
}

async function loadAuthority(
  { directory, now }: ClusterCertificateOptions,
  name: string,
  commonName: string,
): Promise<KeyAndCertificate> {
  const existing = await readAuthority(directory, name);
  if (existing !== undefined && endsAfter(existing, now)) return existing;
  const created = createAuthority(commonName, {
    notBefore: new Date(now - backdate),
    notAfter: new Date(now + authorityLifetime),
  });
  await writePair(directory, name, created);
  return created;
}

async function loadLeaf(
  { directory, now }: ClusterCertificateOptions,
  authority: KeyAndCertificate,
  name: string,
  request: Omit<LeafRequest, 'notBefore' | 'notAfter'>,
): Promise<KeyAndCertificate> {
  const existing = await readPair(directory, name);
  if (existing !== undefined && isUsable(existing, authority, request, now)) return existing;
  const created = issueCertificate(authority, {
    ...request,
    notBefore: new Date(now - backdate),
    notAfter: new Date(now + leafLifetime),
  });
  await writePair(directory, name, created);
  return created;
}

function isUsable(
  pair: KeyAndCertificate,
  authority: KeyAndCertificate,
  request: Omit<LeafRequest, 'notBefore' | 'notAfter'>,
  now: number,
): boolean {
  const certificate = parsePair(pair);
  // One that is damaged is worth nothing to anybody: it is issued anew.
  if (certificate instanceof Error) return false;
  return (
    endsAfter(pair, now + renewBefore) &&
    Date.parse(certificate.validFrom) <= now &&
    certificate.verify(new X509Certificate(authority.certificate).publicKey) &&
    certificate.subject.split('\n').includes(`CN=${request.commonName}`) &&
    (request.dnsNames ?? []).every((name) => certificate.checkHost(name) !== undefined) &&
    (request.ipAddresses ?? []).every((address) => certificate.checkIP(address) !== undefined)
  );
}

/**
 * Every kubeconfig and every pod trusts the authority, so a new one is never made where there was one: files that can't be
 * used are for a person to look at. Throws CertificateError.
 */
async function readAuthority(directory: string, name: string): Promise<KeyAndCertificate | undefined> {
  const files = { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
  const [key, certificate] = await Promise.all([readIfThere(files.key), readIfThere(files.certificate)]);
  if (key === undefined && certificate === undefined) return undefined;
  if (key === undefined) throw new CertificateError(files.key, `is missing, though ${name}.crt is there`);
  if (certificate === undefined)
    throw new CertificateError(files.certificate, `is missing, though ${name}.key is there`);
  parse(files.certificate, () => new X509Certificate(certificate));
  parse(files.key, () => createPrivateKey(key));
  const pair = { key, certificate };
  if (parsePair(pair) instanceof Error) throw new CertificateError(files.key, `is not the key of ${name}.crt`);
  return pair;
}

/** The certificate; an Error when one of the two can't be read, or they don't belong together. */
function parsePair(pair: KeyAndCertificate): X509Certificate | Error {
  try {
    const certificate = new X509Certificate(pair.certificate);
    if (certificate.checkPrivateKey(createPrivateKey(pair.key))) return certificate;
    return new Error('the key belongs to another certificate');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function parse(file: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    const reason = errorText(error);
    throw new CertificateError(file, `is damaged: ${reason}`, error);
  }
}

function endsAfter(pair: KeyAndCertificate, time: number): boolean {
  return Date.parse(new X509Certificate(pair.certificate).validTo) > time;
}

async function loadSigningKey(directory: string): Promise<string> {
  const file = join(directory, 'sa.key');
  const existing = await readIfThere(file);
  if (existing !== undefined) {
    parse(file, () => createPrivateKey(existing));
    return existing;
  }
  const created = createSigningKey();
  await writeSecret(join(directory, 'sa.key'), created);
  return created;
}

async function readPair(directory: string, name: string): Promise<KeyAndCertificate | undefined> {
  const [key, certificate] = await Promise.all([
    readIfThere(join(directory, `${name}.key`)),
    readIfThere(join(directory, `${name}.crt`)),
  ]);
  return key === undefined || certificate === undefined ? undefined : { key, certificate };
}

async function writePair(directory: string, name: string, pair: KeyAndCertificate): Promise<void> {
  await writeSecret(join(directory, `${name}.key`), pair.key);
  await writeSecret(join(directory, `${name}.crt`), pair.certificate);
}

async function writeSecret(path: string, content: string): Promise<void> {
  const beside = `${path}.new`;
  await writeFile(beside, content, { mode: 0o600 });
  await chmod(beside, 0o600);
  await rename(beside, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
