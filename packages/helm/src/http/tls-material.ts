/**
 * Certificates and keys that a repository's entry, or flags of a command, name by file. What is wrong with them is found here
 * and said in helm's words, not by the first connection in those of OpenSSL.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { fileProblem } from '../node/file-problem.ts';

/** Paths; empty means none. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
}

/** PEM texts. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecureSkipVerify?: boolean;
}

/** Reads the files: a certificate or a key alone counts for nothing, unless another option asks for TLS. Throws ChartError. */
export async function readTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const { caFile = '', certFile = '', keyFile = '', insecureSkipTlsVerify = false } = files;
  const hasHalf = certFile !== '' || keyFile !== '';
  const wantsPair = (certFile !== '' && keyFile !== '') || (hasHalf && (caFile !== '' || insecureSkipTlsVerify));
  const pair = wantsPair ? await readPair(certFile, keyFile) : {};
  const ca = caFile === '' ? undefined : await read(caFile, "can't read CA file");
  if (ca !== undefined && !hasCertificate(ca)) throw problem('failed to append certificates from pem block');
  return {
    ...pair,
    ...(ca === undefined ? {} : { ca }),
    ...(insecureSkipTlsVerify ? { insecureSkipVerify: true } : {}),
  };
}

async function readPair(certFile: string, keyFile: string): Promise<Required<Pick<TlsMaterial, 'cert' | 'key'>>> {
  const cert = await read(certFile, 'unable to read cert file');
  const key = await read(keyFile, 'unable to read key file');
  const wrong = pairProblem(cert, key);
  if (wrong !== undefined) throw problem(`unable to load cert from key pair: ${wrong}`);
  return { cert, key };
}

function pairProblem(cert: string, key: string): string | undefined {
  if (!PEM_BLOCK.test(cert)) return 'tls: failed to find any PEM data in certificate input';
  if (!PEM_BLOCK.test(key)) return 'tls: failed to find any PEM data in key input';
  if (!/-----BEGIN [^-]*PRIVATE KEY-----/.test(key)) {
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  }
  const certificate = parsed(() => new X509Certificate(cert));
  if (certificate === undefined) return 'x509: malformed certificate';
  const privateKey = parsed(() => createPrivateKey(key));
  if (privateKey === undefined) return 'tls: failed to parse private key';
  return certificate.checkPrivateKey(privateKey) ? undefined : 'tls: private key does not match public key';
}

const PEM_BLOCK = /-----BEGIN [^-]+-----/;

/** Blocks that can't be read are passed over as long as there is another. */
function hasCertificate(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.some((block) => parsed(() => new X509Certificate(block)) !== undefined);
}

/** OpenSSL says what it can't read by errors of many kinds. */
function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw problem(`${what}: ${goQuote(path)}: ${fileProblem('open', path, error)}`, error);
  }
}

function problem(text: string, cause?: unknown): ChartError {
  return new ChartError(`can't create TLS config for client: ${text}`, { cause });
}
