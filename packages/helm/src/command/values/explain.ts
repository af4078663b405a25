/** `helm values explain CHART [KEY]`: where each value comes from, and what it took the place of. */
import { history } from '../../actions/history.ts';
import { knownVersions } from '../../actions/known-versions.ts';
import type { Chart } from '../../chart/chart.ts';
import { enableDependencies } from '../../chart/enable-dependencies.ts';
import { encodeGoJson } from '../../go/json.ts';
import { type GoMap, isMap } from '../../go/value.ts';
import { closest } from '../../template/nil-hints.ts';
import { type Introduction, introductionOf } from '../../values/chart-versions.ts';
import { explainValues, type ValueExplanation, type ValuesExplanation } from '../../values/explain.ts';
import { type Origin, originFile, originText } from '../../values/origin.ts';
import type { ValueSource } from '../../values/sources.ts';
import { parseValuePath, valueAtPath, valuePathText } from '../../values/value-path.ts';
import { withIntegers } from '../../values/with-integers.ts';
import type { ArgumentRule } from '../arguments.ts';
import { maximumArguments, minimumArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { openChart } from '../chart/open-chart.ts';
import { checkDependencies } from '../chart/strict-dependencies.ts';
import { checkValueKeys } from '../chart/strict-values.ts';
import { mergeValues, readValueSources, valueFlags } from '../chart/value-flags.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import { formatData, outputFlag, outputFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';

const releaseFlag: Flag = {
  kind: 'string',
  name: 'release',
  usage: 'a release of the chart, whose history tells since which version each default has been there',
};

const chartAndKey: ArgumentRule = (args, usage) => {
  minimumArguments(1)(args, usage);
  maximumArguments(2)(args, usage);
};

export const valuesExplainCommand: Command = {
  usage: 'CHART [KEY]',
  long: `Shows for each value that the templates of a chart see where it comes from: the line of the values.yaml of the chart or
of a dependency, the line of a file given with -f, or a flag; and which weaker values it took the place of.

KEY names a value or a table, as --set does: image.tag.

With --release the history of that release, and archives of other versions that are on this machine, tell, for each value that the chart has a default for, since which version of
the chart it has been there: -o json says too which was the last without it.`,
  example: `  helm values explain ./web -f prod.yaml --set image.tag=v2 image
  helm values explain ./web --release web`,
  arguments: chartAndKey,
  flags: (environment) => [...chartFlags(environment), ...valueFlags, releaseFlag, outputFlag],
  run: async (context, [reference = '', key], flags) => {
    const sources = await readValueSources(context, flags);
    // What is wrong with the values is said in helm's words.
    const given = mergeValues(sources);
    const opened = await openChart(context, reference, flags);
    const chart = flags.bool('strict-numbers') ? withIntegers(opened) : opened;
    checkDependencies(context, chart, flags);
    checkValueKeys(context, chart, sources, flags);
    enableDependencies(chart, given);
    const explanation = explainValues(chart, sources);
    const found = explanation.explain(key);
    if (found.length === 0 && key !== undefined) throw noSuchValue(key, explanation);
    const release = flags.text('release');
    const sinceWhen = release === '' ? undefined : await introductions(context, release, { chart, given, reference });
    const format = outputFormat(flags);
    const shown = withoutSecrets(found, sources);
    const text =
      format === 'table'
        ? tableText(tableRows(shown, sinceWhen))
        : formatData(
            shown.map((each) => plainRow(each, sinceWhen?.(each.path))),
            format,
          );
    context.streams.output.write(text);
    return 0;
  },
};

const HIDDEN = '(hidden)';

/** What comes from encrypted files isn't shown, only where it stands. */
function withoutSecrets(found: readonly ValueExplanation[], sources: readonly ValueSource[]): ValueExplanation[] {
  const files = new Set(sources.flatMap((each) => (each.kind === 'file' && each.secret === true ? [each.name] : [])));
  const isSecret = (origin: Origin | undefined): boolean => origin !== undefined && files.has(originFile(origin) ?? '');
  return found.map((each) => ({
    ...each,
    value: isSecret(each.origin) ? HIDDEN : each.value,
    overrode: each.overrode.map((one) => (isSecret(one.origin) ? { ...one, value: HIDDEN } : one)),
  }));
}

function noSuchValue(key: string, { values }: ValuesExplanation): CommandError {
  const path = parseValuePath(key);
  const depth = path.findIndex((_, at) => valueAtPath(values, path.slice(0, at + 1)) === undefined);
  const table = valueAtPath(values, path.slice(0, depth));
  const similar = isMap(table) ? closest(String(path[depth] ?? ''), [...table.keys()]) : undefined;
  const suggestion =
    similar === undefined ? '' : `; did you mean ${valuePathText([...path.slice(0, depth), similar])}?`;
  return new CommandError(`the chart has no value ${key}${suggestion}`);
}

/** Answers since when the chart has had a default, if the history tells. */
type SinceWhen = (path: string) => Introduction | undefined;

async function introductions(
  context: CommandContext,
  name: string,
  { chart, given, reference }: { readonly chart: Chart; readonly given: GoMap; readonly reference: string },
): Promise<SinceWhen> {
  const [{ withCluster }, { queryContext }] = await Promise.all([
    import('../cluster/connect.ts'),
    import('../release/run-actions.ts'),
  ]);
  const revisions = await withCluster(context, (cluster) => history(queryContext(context, cluster), { name }));
  const { archivedVersions } = await import('../chart/archived-versions.ts');
  const versions = knownVersions(revisions, chart, given, await archivedVersions(context, reference, chart));
  return (path) => introductionOf(parseValuePath(path), versions);
}

const MAX_VALUE = 60;

function tableRows(found: readonly ValueExplanation[], sinceWhen: SinceWhen | undefined): string[][] {
  const since = (text: string): string[] => (sinceWhen === undefined ? [] : [text]);
  const rows = found.map(({ path, type, value, origin, overrode }) => [
    path,
    type,
    shorten(encodeGoJson(value)),
    originOrNothing(origin),
    overrode.map((each) => `${shorten(encodeGoJson(each.value))} of ${originText(each.origin)}`).join(', '),
    ...since(sinceText(sinceWhen?.(path))),
  ]);
  return [['KEY', 'TYPE', 'VALUE', 'ORIGIN', 'OVERRODE', ...since('SINCE')], ...rows];
}

/** The oldest revision that is kept may be of a version that had the value already. */
function sinceText(introduction: Introduction | undefined): string {
  if (introduction === undefined) return '';
  return introduction.before === undefined ? `${introduction.since} or earlier` : introduction.since;
}

function originOrNothing(origin: Origin | undefined): string {
  return origin === undefined ? '' : originText(origin);
}

function shorten(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function plainRow(
  { path, type, value, origin, overrode }: ValueExplanation,
  introduction: Introduction | undefined,
): object {
  return {
    path,
    type,
    value: plainValue(value),
    ...(origin === undefined ? {} : { origin: plainOrigin(origin) }),
    overrode: overrode.map((each) => ({ value: plainValue(each.value), origin: plainOrigin(each.origin) })),
    ...(introduction === undefined ? {} : { introduced: introduction }),
  };
}

function plainOrigin(origin: Origin): object {
  return { text: originText(origin), ...origin };
}

function plainValue(value: ValueExplanation['value']): unknown {
  return JSON.parse(encodeGoJson(value));
}
