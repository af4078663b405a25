/** The flags of commands that speak to repositories and registries: TLS files and credentials. */
import type { TlsFiles } from '../../http/tls-material.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export const tlsFileFlags: readonly Flag[] = [
  { kind: 'string', name: 'ca-file', usage: "file with the certificates that the server's must come from" },
  { kind: 'string', name: 'cert-file', usage: 'file with the certificate of this client' },
  { kind: 'string', name: 'key-file', usage: 'file with the key of this client' },
];

export const insecureFlag: Flag = {
  kind: 'bool',
  name: 'insecure-skip-tls-verify',
  usage: "don't check the server's certificate",
};

export function tlsFiles(flags: FlagValues): TlsFiles {
  return { caFile: flags.text('ca-file'), certFile: flags.text('cert-file'), keyFile: flags.text('key-file') };
}
