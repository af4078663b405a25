/** What `helm dependency update` and `build` share: flags, and the context of the work. */
import { isAbsolute, resolve } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import type { DependencyContext, DependencyOptions } from '../../dependencies/dependency-context.ts';
import { openRegistry } from '../../repositories/open-registry.ts';
import { keyringFlag, tlsFlags } from '../chart/chart-flags.ts';
import { chartPaths } from '../chart/chart-paths.ts';
import { tlsSource } from '../chart/chart-source.ts';
import { followLinks } from '../chart/open-chart.ts';
import { transport } from '../chart/transport.ts';
import { chartVerifier } from '../chart/verify-chart.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import type { Environment } from '../host.ts';

export function dependencyFlags(environment: Environment): readonly Flag[] {
  return [
    ...tlsFlags,
    keyringFlag(environment),
    { kind: 'bool', name: 'skip-refresh', usage: 'go by the indexes that are here instead of getting new ones' },
    { kind: 'bool', name: 'verify', usage: 'check the signatures of the charts' },
  ];
}

/** Does the work with a registry client that is closed afterwards. */
export async function withDependencies(
  context: CommandContext,
  flags: FlagValues,
  work: (options: DependencyOptions, context: DependencyContext) => Promise<void>,
): Promise<void> {
  const verify = chartVerifier(context, flags);
  const options = { source: tlsSource(flags), skipRefresh: flags.bool('skip-refresh') };
  await runDependencies(context, verify === undefined ? options : { ...options, verify }, work);
}

/** The same without flags of its own. */
export async function runDependencies(
  context: CommandContext,
  options: DependencyOptions,
  work: (options: DependencyOptions, context: DependencyContext) => Promise<void>,
): Promise<void> {
  const { streams, log, clock } = context;
  const paths = chartPaths(context);
  const means = transport(context);
  const registry = await openRegistry(options.source ?? {}, paths, means.proxy);
  try {
    await work(options, {
      paths,
      registry,
      warn: (message, fields) => log.warn(message, fields),
      report: (line) => streams.output.write(`${line}\n`),
      reportPull: (line) => streams.errors.write(`${line}\n`),
      now: () => new Date(clock.now()),
      local: followLinks(context),
      ...means,
    });
  } finally {
    registry.close();
  }
}

/** Runs what is about a chart's directory; paths in errors are relative when the chart's is. Throws CommandError. */
export async function atChart<T>(
  { directory, settings }: CommandContext,
  chart: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  try {
    return await work(resolve(directory, chart));
  } catch (error) {
    if (!(error instanceof ChartError) || isAbsolute(chart)) throw error;
    const { message } = error;
    const isCached = (at: number): boolean => message.startsWith(settings.repositoryCache, at);
    const shown = message.replaceAll(`${directory}/`, (path, at: number) => (isCached(at) ? path : ''));
    throw new CommandError(shown, { cause: error });
  }
}
