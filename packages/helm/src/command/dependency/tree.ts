/** `helm dependency tree`: a chart with all charts inside it. Ours; helm has no such command. */
import { readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError } from '../../chart/chart.ts';
import { type DependencyNode, dependencyTree, problemsOf } from '../../dependencies/dependency-tree.ts';
import { loadArchive } from '../../node/load-archive.ts';
import { loadDirectory } from '../../node/load-directory.ts';
import { maximumArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { formatData, outputFlag, outputFormat } from '../output/format.ts';
import { atChart } from './dependency-work.ts';

export const dependencyTreeCommand: Command = {
  usage: 'CHART',
  long: `Shows the charts inside a chart (a directory or an archive), and theirs, with the versions that are there and the
ranges that were asked for. Fails when one is missing, out of its range, or not asked for: helm would render the last two
whatever their conditions say.`,
  arguments: maximumArguments(1),
  flags: () => [outputFlag],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [chart = '.'], flags) => {
    const tree = dependencyTree(await atChart(context, chart, load));
    const format = outputFormat(flags);
    const { output, errors } = context.streams;
    output.write(format === 'table' ? treeText(tree) : formatData(tree, format));
    const problems = problemsOf(tree);
    if (problems.length === 0) return 0;
    errors.write(`Error: ${problems.join('\n       ')}\n`);
    return 1;
  },
};

async function load(path: string): Promise<Chart> {
  try {
    return (await stat(path)).isDirectory() ? await loadDirectory(path) : loadArchive(await readFile(path));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartError(`stat ${path}: no such file or directory`, { cause: error });
  }
}

function treeText(root: DependencyNode): string {
  return `${root.name} ${root.version}\n${branches(root, '')}`;
}

function branches({ dependencies }: DependencyNode, indent: string): string {
  return dependencies
    .map((node, at) => {
      const isLast = at === dependencies.length - 1;
      const line = `${indent}${isLast ? '└── ' : '├── '}${nodeText(node)}\n`;
      return line + branches(node, `${indent}${isLast ? '    ' : '│   '}`);
    })
    .join('');
}

function nodeText({ name, version, range, repository, alias, status }: DependencyNode): string {
  return [
    name,
    alias === '' ? '' : `as ${alias}`,
    version,
    range === '' || range === version ? '' : `(${range})`,
    repository,
    status === 'ok' ? '' : `[${status}]`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
