/** Certificates and keys that a repository's entry, or flags of a command, name by file. */
import { readFile } from 'node:fs/promises';
import { ChartError } from '../chart/chart.ts';

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

/** Reads the files. Throws ChartError. */
export async function readTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const { caFile = '', certFile = '', keyFile = '', insecureSkipTlsVerify = false } = files;
  const hasPair = certFile !== '' && keyFile !== '';
  const [ca, cert, key] = await Promise.all([
    caFile === '' ? undefined : read(caFile, `can't create CA for client: failed to read CA certificate`),
    hasPair ? read(certFile, 'failed to read the client certificate') : undefined,
    hasPair ? read(keyFile, 'failed to read the key of the client certificate') : undefined,
  ]);
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ChartError(`failed to append certificates from file: ${caFile}`);
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(insecureSkipTlsVerify ? { insecureSkipVerify: true } : {}),
  };
}

async function read(path: string, problem: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ChartError(`can't create TLS config: ${problem} ${path}`, { cause: error });
  }
}
