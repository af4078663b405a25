/** `helm show all|chart|values|readme|crds`: what a chart says of itself. */
import { type Chart, crdFiles } from '../../chart/chart.ts';
import { fromBytes } from '../../go/bytes.ts';
import { metadataYaml } from '../../packaging/package-chart.ts';
import { exactArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { openChart } from '../chart/open-chart.ts';
import type { Command } from '../command.ts';
import { runJsonPath } from '../output/json-path.ts';

type Part = 'all' | 'chart' | 'values' | 'readme' | 'crds';

function showCommand(part: Part, long: string): Command {
  return {
    usage: '[CHART]',
    long: `${long}\n\nThe chart may be a directory, an archive, a URL, or in a repository or registry.`,
    arguments: exactArguments(1),
    flags: (environment) => [
      ...chartFlags(environment),
      ...(part === 'values'
        ? [{ kind: 'string', name: 'jsonpath', usage: 'a JSONPath template for the output' } as const]
        : []),
    ],
    complete: async (context, args, start) => {
      if (args.length > 0) return { words: [] };
      const { completeChart } = await import('../chart/complete-chart.ts');
      return completeChart(context, start, { local: true });
    },
    run: async (context, [reference = ''], flags) => {
      const chart = await openChart(context, reference, flags);
      context.streams.output.write(shownText(chart, part, part === 'values' ? flags.text('jsonpath') : ''));
      return 0;
    },
  };
}

export const showAllCommand = showCommand('all', 'Prints Chart.yaml, values.yaml, the README and the CRDs of a chart.');
export const showChartCommand = showCommand('chart', 'Prints the metadata of a chart (Chart.yaml).');
export const showValuesCommand = showCommand('values', 'Prints the default values of a chart (values.yaml).');
export const showReadmeCommand = showCommand('readme', 'Prints the README of a chart.');
export const showCrdsCommand = showCommand(
  'crds',
  "Prints the CustomResourceDefinitions of a chart's crds/ directory.",
);

function shownText(chart: Chart, part: Part, jsonPath: string): string {
  const isWanted = (each: Part): boolean => part === each || part === 'all';
  const rule = part === 'all' ? '---\n' : '';
  let text = '';
  if (isWanted('chart')) text += `${metadataYaml(chart.metadata)}\n`;
  if (isWanted('values') && chart.rawValues !== undefined) {
    text += rule;
    text += jsonPath === '' ? `${fromBytes(chart.rawValues)}\n` : runJsonPath(jsonPath, chart.values);
  }
  const readme = isWanted('readme') ? findReadme(chart) : undefined;
  if (readme !== undefined) text += `${rule}${readme}\n`;
  if (isWanted('crds')) {
    for (const file of crdFiles(chart)) {
      const content = fromBytes(file.data);
      text += `${content.startsWith('---') ? '' : '---\n'}${content}\n`;
    }
  }
  return text;
}

const README_NAMES = new Set(['readme.md', 'readme.txt', 'readme']);

function findReadme({ files }: Chart): string | undefined {
  const file = files.find(({ name }) => README_NAMES.has(name.toLowerCase()));
  return file === undefined ? undefined : fromBytes(file.data);
}
