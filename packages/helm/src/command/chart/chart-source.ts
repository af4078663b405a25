/** From flags and settings to what locating a chart needs. */
import type { ChartContext, ChartSource } from '../../repositories/chart-source.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { chartPaths } from './chart-paths.ts';
import { transport } from './transport.ts';

/** @param flags of a command that has `chartFlags` */
export function chartSource(flags: FlagValues): ChartSource {
  return {
    version: flags.text('version').trim(),
    devel: flags.bool('devel'),
    repo: flags.text('repo'),
    passCredentialsAll: flags.bool('pass-credentials'),
    ...tlsSource(flags),
  };
}

/** @param flags of a command that has `tlsFlags` */
export function tlsSource(flags: FlagValues): ChartSource {
  return {
    plainHttp: flags.bool('plain-http'),
    username: flags.text('username'),
    password: flags.text('password'),
    caFile: flags.text('ca-file'),
    certFile: flags.text('cert-file'),
    keyFile: flags.text('key-file'),
    insecureSkipTlsVerify: flags.bool('insecure-skip-tls-verify'),
  };
}

export function chartContext(context: CommandContext): ChartContext {
  const { log, streams } = context;
  return {
    paths: chartPaths(context),
    warn: (message, fields) => log.warn(message, fields),
    // Helm prints what it does while it fetches; scripts expect it beside what the command prints.
    report: (line) => streams.errors.write(`${line}\n`),
    ...transport(context),
  };
}
