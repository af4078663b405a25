/** The flags that say where a chart comes from: version, repository, credentials, verification. */
import { join } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import { CommandError } from '../command-error.ts';
import type { Flag, FlagReader } from '../flags/flag.ts';
import type { Environment } from '../host.ts';
import { homeDirectory } from '../paths.ts';

/** Files of a TLS client, and whether to trust and encrypt at all. */
export const tlsFlags: readonly Flag[] = [
  {
    kind: 'string',
    name: 'ca-file',
    usage: 'file with the certificates of the authorities that HTTPS servers are checked against',
    prepare: checkTlsFiles,
  },
  { kind: 'string', name: 'cert-file', usage: 'file with the certificate of this client' },
  { kind: 'string', name: 'key-file', usage: 'file with the key of this client' },
  { kind: 'bool', name: 'insecure-skip-tls-verify', usage: "don't check the certificates of the chart's server" },
  { kind: 'bool', name: 'plain-http', usage: 'use HTTP instead of HTTPS to fetch the chart' },
  { kind: 'string', name: 'username', usage: 'user of the chart repository' },
  { kind: 'string', name: 'password', usage: 'password for the chart repository' },
];

/** Helm makes its client of registries before all else, whether the command needs it or not. */
async function checkTlsFiles(flags: FlagReader): Promise<void> {
  const [caFile, certFile, keyFile] = [flags.text('ca-file'), flags.text('cert-file'), flags.text('key-file')];
  if (caFile === '' && certFile === '' && keyFile === '') return;
  try {
    const { readTlsMaterial } = await import('../../http/tls-material.ts');
    const insecureSkipTlsVerify = flags.bool('insecure-skip-tls-verify');
    await readTlsMaterial({ caFile, certFile, keyFile, insecureSkipTlsVerify });
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new CommandError(`missing registry client: ${error.message}`, { cause: error });
  }
}

export function keyringFlag(environment: Environment): Flag {
  const keyring = join(homeDirectory(environment), '.gnupg/pubring.gpg');
  return { kind: 'string', name: 'keyring', usage: 'file with the public keys for verification', default: keyring };
}

/** For commands that take a chart as argument. */
export function chartFlags(environment: Environment): readonly Flag[] {
  return [
    ...tlsFlags,
    keyringFlag(environment),
    { kind: 'bool', name: 'devel', usage: "development versions too, as with '>0.0.0-0'; --version goes before it" },
    { kind: 'bool', name: 'pass-credentials', usage: 'give user and password to every host that is asked' },
    { kind: 'string', name: 'repo', usage: 'URL of the repository that has the chart' },
    { kind: 'bool', name: 'verify', usage: "check the chart's signature before it is used" },
    {
      kind: 'string',
      name: 'version',
      usage: 'the version, or a range of versions of which the newest is taken (1.1.1, ^2.0.0)',
    },
  ];
}
