/** `helm values explain CHART [KEY]`: where each value comes from, and what it took the place of. */
import { enableDependencies } from '../../chart/enable-dependencies.ts';
import { encodeGoJson } from '../../go/json.ts';
import { isMap } from '../../go/value.ts';
import { closest } from '../../template/nil-hints.ts';
import { explainValues, type ValueExplanation, type ValuesExplanation } from '../../values/explain.ts';
import { type Origin, originText } from '../../values/origin.ts';
import { parseValuePath, valueAtPath, valuePathText } from '../../values/value-path.ts';
import { withIntegers } from '../../values/with-integers.ts';
import type { ArgumentRule } from '../arguments.ts';
import { maximumArguments, minimumArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { openChart } from '../chart/open-chart.ts';
import { checkValueKeys } from '../chart/strict-values.ts';
import { mergeValues, readValueSources, valueFlags } from '../chart/value-flags.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { formatData, outputFlag, outputFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';

const chartAndKey: ArgumentRule = (args, usage) => {
  minimumArguments(1)(args, usage);
  maximumArguments(2)(args, usage);
};

export const valuesExplainCommand: Command = {
  usage: 'CHART [KEY]',
  long: `Shows for each value that the templates of a chart see where it comes from: the line of the values.yaml of the chart or
of a dependency, the line of a file given with -f, or a flag; and which weaker values it took the place of.

KEY names a value or a table, as --set does: image.tag.`,
  example: '  helm values explain ./web -f prod.yaml --set image.tag=v2 image',
  arguments: chartAndKey,
  flags: (environment) => [...chartFlags(environment), ...valueFlags, outputFlag],
  run: async (context, [reference = '', key], flags) => {
    const sources = await readValueSources(context, flags);
    // What is wrong with the values is said in helm's words.
    const given = mergeValues(sources);
    const opened = await openChart(context, reference, flags);
    const chart = flags.bool('strict-numbers') ? withIntegers(opened) : opened;
    checkValueKeys(context, chart, sources, flags);
    enableDependencies(chart, given);
    const explanation = explainValues(chart, sources);
    const found = explanation.explain(key);
    if (found.length === 0 && key !== undefined) throw noSuchValue(key, explanation);
    const format = outputFormat(flags);
    const text = format === 'table' ? tableText(tableRows(found)) : formatData(found.map(plainRow), format);
    context.streams.output.write(text);
    return 0;
  },
};

function noSuchValue(key: string, { values }: ValuesExplanation): CommandError {
  const path = parseValuePath(key);
  const depth = path.findIndex((_, at) => valueAtPath(values, path.slice(0, at + 1)) === undefined);
  const table = valueAtPath(values, path.slice(0, depth));
  const similar = isMap(table) ? closest(String(path[depth] ?? ''), [...table.keys()]) : undefined;
  const suggestion =
    similar === undefined ? '' : `; did you mean ${valuePathText([...path.slice(0, depth), similar])}?`;
  return new CommandError(`the chart has no value ${key}${suggestion}`);
}

const MAX_VALUE = 60;

function tableRows(found: readonly ValueExplanation[]): string[][] {
  const rows = found.map(({ path, type, value, origin, overrode }) => [
    path,
    type,
    shorten(encodeGoJson(value)),
    originOrNothing(origin),
    overrode.map((each) => `${shorten(encodeGoJson(each.value))} of ${originText(each.origin)}`).join(', '),
  ]);
  return [['KEY', 'TYPE', 'VALUE', 'ORIGIN', 'OVERRODE'], ...rows];
}

function originOrNothing(origin: Origin | undefined): string {
  return origin === undefined ? '' : originText(origin);
}

function shorten(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function plainRow({ path, type, value, origin, overrode }: ValueExplanation): object {
  return {
    path,
    type,
    value: plainValue(value),
    ...(origin === undefined ? {} : { origin: plainOrigin(origin) }),
    overrode: overrode.map((each) => ({ value: plainValue(each.value), origin: plainOrigin(each.origin) })),
  };
}

function plainOrigin(origin: Origin): object {
  return { text: originText(origin), ...origin };
}

function plainValue(value: ValueExplanation['value']): unknown {
  return JSON.parse(encodeGoJson(value));
}
