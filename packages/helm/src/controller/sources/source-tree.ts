/** A chart among the files that a source has, wherever those are kept. */
import { parse } from 'node:path/posix';
import type { ChartFile } from '../../chart/chart.ts';
import { ignoreRules } from '../../chart/ignore.ts';
import { fromBytes } from '../../go/bytes.ts';
import { DEFAULT_CHART_LIMITS } from '../../node/chart-limits.ts';
import { SourceError } from './source-error.ts';

export interface SourceTree {
  /** What the source calls its present state: a commit, a digest of what it lists. */
  readonly origin: string;
  /** The files of the chart's directory, or the archive that is in place of it. */
  readonly chart: readonly ChartFile[] | Uint8Array;
  /** Everything in the source: what a chart depends on may be anywhere. */
  readonly all: () => Promise<readonly ChartFile[]>;
}

export interface TreeFile extends ChartFile {
  /** False for links. */
  readonly isFile: boolean;
}

/** True for the path of a packaged chart. */
export function isArchive(path: string): boolean {
  return path.endsWith('.tgz');
}

/** The files of a chart's directory, without those that .helmignore names. @throws SourceError */
export function chartFiles(entries: readonly TreeFile[]): ChartFile[] {
  const ignoreFile = entries.find(({ name }) => name === '.helmignore');
  const isIgnored = ignoreRules(ignoreFile === undefined ? '' : fromBytes(ignoreFile.data));
  const files: ChartFile[] = [];
  for (const { name, data, isFile } of entries) {
    if (isIgnoredWithin(name, isIgnored)) continue;
    if (!isFile) throw new SourceError(`the chart has a link: ${name}`);
    // Git itself makes no such names; a server might.
    if (name.startsWith('/') || name.split(/[/\\]/).includes('..')) {
      throw new SourceError(`the chart has a file outside of its directory: ${name}`);
    }
    if (data.length > DEFAULT_CHART_LIMITS.fileBytes) {
      throw new SourceError(`the chart's file ${name} is larger than ${DEFAULT_CHART_LIMITS.fileBytes} bytes`);
    }
    files.push({ name, data });
  }
  return files;
}

/** Whether a file or one of the directories that it is in is ignored. */
function isIgnoredWithin(name: string, isIgnored: (path: string, isDirectory: boolean) => boolean): boolean {
  for (let { dir } = parse(name); dir !== ''; dir = parse(dir).dir) if (isIgnored(dir, true)) return true;
  return isIgnored(name, false);
}
