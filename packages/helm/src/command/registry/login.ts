/** `helm registry login`: keeps credentials for a registry, once it has let us in with them. */

import { proxyFromEnvironment } from '@kindred/client';
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { readTlsMaterial } from '../../http/tls-material.ts';
import type { Credential } from '../../registry/credential.ts';
import { storeCredential } from '../../registry/credentials-file.ts';
import { checkRegistry } from '../../registry/reference.ts';
import { RegistryClient } from '../../registry/registry-client.ts';
import { minimumArguments } from '../arguments.ts';
import { chartPaths } from '../chart/chart-paths.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { completeNothing } from '../completion/arguments.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { passwordFromInput, typedSecret } from '../repo/password.ts';
import { tlsFileFlags, tlsFiles } from '../repo/tls-flags.ts';

export const registryLoginCommand: Command = {
  usage: '[host]',
  long: `Checks credentials with a registry and keeps them for other commands.

  echo "$TOKEN" | helm registry login registry.example.com -u somebody --password-stdin`,
  arguments: minimumArguments(1),
  complete: completeNothing,
  flags: () => [
    ...tlsFileFlags,
    { kind: 'bool', name: 'insecure', usage: "don't check the registry's certificate" },
    { kind: 'string', name: 'password', short: 'p', usage: 'password or identity token' },
    { kind: 'bool', name: 'password-stdin', usage: 'read the password or identity token from standard input' },
    { kind: 'bool', name: 'plain-http', usage: 'use HTTP instead of HTTPS' },
    { kind: 'string', name: 'username', short: 'u', usage: 'user name' },
  ],
  run: async (context, [host = ''], flags) => {
    const given = await readCredential(context, flags);
    if (host.includes('/')) {
      const message = 'registry login currently only supports registry hostname, not a repository path';
      context.log.warn(message, { host, suggested: host.split('/')[0] ?? '' });
    }
    checkRegistry(host);
    const client = new RegistryClient({
      plainHttp: flags.bool('plain-http'),
      tls: await readTlsMaterial({ ...tlsFiles(flags), insecureSkipTlsVerify: flags.bool('insecure') }),
      credential: async () => credentialOf(given),
      proxy: proxyFromEnvironment(context.environment),
    });
    try {
      await client.ping(host, context.signal);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw new CommandError(`authenticating to ${quote(host)}: ${errorText(error)}`, { cause: error });
    } finally {
      client.close();
    }
    const { registryConfig } = chartPaths(context);
    await storeCredential({ registryConfig }, host, given);
    context.streams.errors.write('Login Succeeded\n');
    return 0;
  },
};

interface Given {
  readonly username: string;
  readonly password: string;
}

/** A password without a user is an identity token. */
function credentialOf({ username, password }: Given): Credential {
  return username === '' ? { kind: 'refresh-token', token: password } : { kind: 'basic', username, password };
}

async function readCredential(context: CommandContext, flags: FlagValues): Promise<Given> {
  const username = flags.text('username');
  if (flags.bool('password-stdin')) return { username, password: await passwordFromInput(context) };
  const password = flags.text('password');
  if (password !== '') {
    context.log.warn('using --password via the CLI is insecure. Use --password-stdin');
    return { username, password };
  }
  if (username !== '') {
    const typed = await typedSecret(context, 'Password: ');
    if (typed === '') throw new CommandError('password required');
    return { username, password: typed };
  }
  const token = await typedSecret(context, 'Token: ');
  if (token === '') throw new CommandError('token required');
  return { username, password: token };
}
