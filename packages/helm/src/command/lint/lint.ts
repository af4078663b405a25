/** `helm lint PATH`: looks through charts for what will fail, or is against convention. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError } from '../../chart/chart.ts';
import { dependencyTree, problemsOf } from '../../dependencies/dependency-tree.ts';
import type { GoMap } from '../../go/value.ts';
import { unknownKeys, unknownKeyText } from '../../inference/unknown-keys.ts';
import { lintChart } from '../../lint/lint-chart.ts';
import type { LintOptions } from '../../lint/lint-options.ts';
import { archiveSource, directorySource, type LintSource } from '../../lint/lint-source.ts';
import { isSerious, type LintMessage, lintMessageText } from '../../lint/message.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { loadSchemas, nodeSchemaLoader } from '../../node/load-schemas.ts';
import { nodeProviders } from '../../node/providers.ts';
import { type Capabilities, DEFAULT_CAPABILITIES } from '../../render/capabilities.ts';
import { parseVersion, versionText } from '../../semver/version.ts';
import { TemplateCache } from '../../template/template-cache.ts';
import type { ValueSource } from '../../values/sources.ts';
import { withIntegers } from '../../values/with-integers.ts';
import { minimumArguments } from '../arguments.ts';
import { followLinks } from '../chart/open-chart.ts';
import { mergeValues, readValueSources, valueFlags } from '../chart/value-flags.ts';
import { currentNamespace } from '../cluster/namespace.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { logWarning } from '../log.ts';

export const lintCommand: Command = {
  usage: 'PATH',
  long: `Looks through a chart for what will make it fail ([ERROR]), and for what is against convention or advice
([WARNING], [INFO]).

--own-rules adds checks that helm doesn't have: numbers that print as 1e+06, misspelled hooks, values that nobody reads
or declares, and the like.`,
  arguments: minimumArguments(1),
  flags: () => [
    ...valueFlags,
    {
      kind: 'string',
      name: 'kube-version',
      usage: 'Kubernetes version for .Capabilities and for the check for deprecated APIs',
    },
    { kind: 'bool', name: 'own-rules', usage: "check what helm doesn't check too" },
    { kind: 'bool', name: 'quiet', usage: 'print only warnings and errors' },
    { kind: 'bool', name: 'skip-schema-validation', usage: "don't hold the values against values.schema.json" },
    { kind: 'bool', name: 'strict', usage: 'fail on warnings' },
    { kind: 'bool', name: 'with-subcharts', usage: 'lint the charts in charts/ too' },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, args, flags) => {
    const capabilities = capabilitiesOf(flags);
    const paths = [...args];
    if (flags.bool('with-subcharts')) {
      for (const path of args) paths.push(...(await findCharts(context.directory, join(path, 'charts'))));
    }
    const sources = await readValueSources(context, flags);
    const values = mergeValues(sources);
    const namespace = await currentNamespace(context);
    const totals = { failed: 0, remarkable: 0 };
    let text = '';
    // A chart's dependencies may be linted on their own too.
    const templates = new TemplateCache();
    for (const path of paths) {
      const result = await lintPath(context, path, flags, { values, sources, namespace, capabilities, templates });
      text += report(path, result, flags, totals);
    }
    context.streams.output.write(text);
    const summary = `${paths.length} chart(s) linted, ${totals.failed} chart(s) failed`;
    if (totals.failed > 0) throw new CommandError(summary);
    if (!flags.bool('quiet') || totals.remarkable > 0) context.streams.output.write(`${summary}\n`);
    return 0;
  },
};

function capabilitiesOf(flags: FlagValues): Capabilities {
  const text = flags.text('kube-version');
  if (text === '') return DEFAULT_CAPABILITIES;
  const version = parseVersion(text);
  if (version === undefined) {
    throw new CommandError(`invalid kube version '${text}': could not parse "${text}" as version`);
  }
  return { ...DEFAULT_CAPABILITIES, kubeVersion: `v${versionText(version)}` };
}

/** Messages, or why there is nothing to lint. */
type Result = { readonly messages: readonly LintMessage[] } | { readonly problem: string };

interface Setting {
  readonly values: GoMap;
  readonly sources: readonly ValueSource[];
  readonly namespace: string;
  readonly capabilities: Capabilities;
  readonly templates: TemplateCache;
}

async function lintPath(
  context: CommandContext,
  path: string,
  flags: FlagValues,
  { values, sources, namespace, capabilities, templates }: Setting,
): Promise<Result> {
  const opened = await openSource(context, path);
  if ('problem' in opened) return opened;
  const source = flags.bool('strict-numbers') ? sourceWithIntegers(opened) : opened;
  const isSkipped = flags.bool('skip-schema-validation');
  const loaded = 'loaded' in source.chart ? source.chart.loaded : undefined;
  const remoteSchemas = loaded === undefined || isSkipped ? undefined : await loadSchemas(loaded, nodeSchemaLoader());
  const options: LintOptions = {
    ...nodeProviders(),
    values,
    namespace,
    capabilities,
    templates,
    kubeMinor: Number(/^v1\.(\d+)/.exec(capabilities.kubeVersion)?.[1] ?? 0),
    skipSchemaValidation: isSkipped,
    ownRules: flags.bool('own-rules'),
    warn: (message, fields) => logWarning(context.log, message, fields),
    ...(remoteSchemas === undefined ? {} : { remoteSchemas }),
  };
  const strict = loaded === undefined || !flags.bool('strict-values') ? [] : keyMessages(loaded, sources);
  const ranges = loaded === undefined || !flags.bool('strict-dependencies') ? [] : dependencyMessages(loaded);
  return { messages: [...lintChart(source, options), ...ranges, ...strict] };
}

function sourceWithIntegers(source: LintSource): LintSource {
  return 'loaded' in source.chart ? { ...source, chart: { loaded: withIntegers(source.chart.loaded) } } : source;
}

/** Charts in charts/ that aren't what Chart.yaml asks for. */
function dependencyMessages(chart: Chart): LintMessage[] {
  return problemsOf(dependencyTree(chart)).map((text) => ({ severity: 'error', path: 'Chart.yaml', text }));
}

/** Keys of --set and -f that the chart doesn't have. */
function keyMessages(chart: Chart, sources: readonly ValueSource[]): LintMessage[] {
  return unknownKeys(chart, sources).map((each) => ({
    severity: each.isCertain ? 'error' : 'warning',
    path: 'values.yaml',
    text: unknownKeyText(each),
  }));
}

async function openSource(context: CommandContext, path: string): Promise<LintSource | { problem: string }> {
  const full = resolve(context.directory, path);
  try {
    if (path.endsWith('.tgz') || path.endsWith('.tar.gz')) return archiveSource(full, await readFile(full));
  } catch (error) {
    if (error instanceof ChartError) return { problem: `unable to extract tarball: ${error.message}` };
    return { problem: `unable to open tarball: ${fileProblem('open', path, error)}` };
  }
  try {
    await stat(join(full, 'Chart.yaml'));
  } catch (error) {
    const problem = fileProblem('stat', join(path, 'Chart.yaml'), error);
    return { problem: `unable to check Chart.yaml file in chart: ${problem}` };
  }
  return directorySource(full, followLinks(context));
}

function report(
  path: string,
  result: Result,
  flags: FlagValues,
  totals: { failed: number; remarkable: number },
): string {
  const messages = 'problem' in result ? [] : result.messages;
  const isFailed = 'problem' in result || messages.some((each) => isSerious(each, flags.bool('strict')));
  const isRemarkable = isFailed || messages.some(({ severity }) => severity !== 'info');
  if (isRemarkable) totals.remarkable++;
  const isQuiet = flags.bool('quiet');
  if (isQuiet && !isRemarkable) return '';
  if (isFailed) totals.failed++;
  const shown = messages.filter(({ severity }) => !isQuiet || severity !== 'info').map(lintMessageText);
  const lines = 'problem' in result ? [`Error ${result.problem}`] : shown;
  return `${[`==> Linting ${path}`, ...lines].join('\n')}\n\n`;
}

/** Directories and archives of charts at any depth, as messages name them. */
async function findCharts(directory: string, path: string): Promise<string[]> {
  const found: string[] = [];
  let names: string[];
  try {
    names = (await readdir(resolve(directory, path))).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
  for (const name of names) {
    const inner = join(path, name);
    if (name === 'Chart.yaml') found.push(path);
    else if (/\.(?:tgz|tar\.gz)$/.test(name)) found.push(inner);
    else found.push(...(await findCharts(directory, inner)));
  }
  return found;
}
