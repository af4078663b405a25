/** A chart out of its files, with the digest of what is in it, and the files of it that give values in place of values.yaml. */
import { createHash } from 'node:crypto';
import { type Chart, ChartError, type ChartFile } from '../../chart/chart.ts';
import { loadChartFiles, readValues } from '../../chart/load-files.ts';
import { fromBytes } from '../../go/bytes.ts';
import { compareText } from '../../go/compare-text.ts';
import { GoMap } from '../../go/value.ts';
import { unpackArchive } from '../../node/load-archive.ts';
import { coalesceTables } from '../../values/coalesce-tables.ts';
import { SourceError } from './source-error.ts';

/** A chart that was fetched. */
export interface FetchedChart {
  readonly chart: Chart;
  /** `sha256:…` of its files, wherever they came from. */
  readonly digest: string;
  /** What the source calls it: a commit, a digest of an archive. */
  readonly origin: string;
}

export interface ValuesFiles {
  readonly valuesFiles: readonly string[];
  readonly ignoreMissingValuesFiles: boolean;
}

/** @throws SourceError for what is no chart */
export function chartOf(files: readonly ChartFile[], origin: string, choice: ValuesFiles): FetchedChart {
  try {
    const chart = loadChartFiles(files, unpackArchive);
    const values = valuesOfFiles(files, choice);
    const digest = `${contentDigest(files)}${choice.valuesFiles.join('\n')}`;
    return {
      chart: values === undefined ? chart : { ...chart, values },
      digest: choice.valuesFiles.length === 0 ? digest : `sha256:${sha256(digest)}`,
      origin,
    };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new SourceError(error.message, { cause: error });
  }
}

/** A packaged chart. @throws SourceError */
export function chartOfArchive(archive: Uint8Array, choice: ValuesFiles): FetchedChart {
  try {
    return chartOf(unpackArchive(archive), `sha256:${sha256(archive)}`, choice);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new SourceError(error.message, { cause: error });
  }
}

function valuesOfFiles(files: readonly ChartFile[], choice: ValuesFiles): GoMap | undefined {
  if (choice.valuesFiles.length === 0) return undefined;
  let values = new GoMap();
  for (const name of choice.valuesFiles) {
    const file = files.find((each) => each.name === name.replace(/^\.\//, ''));
    if (file === undefined && choice.ignoreMissingValuesFiles) continue;
    if (file === undefined) throw new SourceError(`the chart has no file ${name}`);
    values = coalesceTables(readValues(fromBytes(file.data), `cannot load ${name}`), values, { keepNulls: true });
  }
  return values;
}

/** Of names and contents, in the order of the names. */
function contentDigest(files: readonly ChartFile[]): string {
  const hash = createHash('sha256');
  for (const { name, data } of [...files].sort((a, b) => compareText(a.name, b.name))) {
    // An archive of the same files may have other times in it.
    const content = /^charts\/[^/]+\.tgz$/.test(name) ? Buffer.from(contentDigest(unpackArchive(data))) : data;
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return `sha256:${hash.digest('hex')}`;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
