/**
 * Packages a chart: its files in helm's order, Chart.yaml and Chart.lock written anew from what they say, dependencies
 * unpacked below charts/ (Helm documentation, `helm package`).
 */
import { ChartError, type ChartFile, type ChartMetadata } from '../chart/chart.ts';
import { dependencyFiles, isPlainFile, loadChartFiles } from '../chart/load-files.ts';
import { readLock } from '../chart/lock.ts';
import { readMetadata } from '../chart/metadata.ts';
import { goJsonText, metadataRecord } from '../chart/metadata-json.ts';
import { lockText } from '../dependencies/lock-file.ts';
import { fromBytes } from '../go/bytes.ts';
import { FunctionError } from '../go/function-error.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { unpackArchive } from '../node/load-archive.ts';
import { parseVersion } from '../semver/version.ts';
import { writeYaml } from '../yaml/write.ts';
import { gzipChart } from './gzip.ts';
import { type TarFile, writeTar } from './write-tar.ts';

export interface PackageOptions {
  /** Instead of what Chart.yaml says. */
  readonly version?: string;
  readonly appVersion?: string;
  /** For files of which nobody knows when they were changed. */
  readonly now: Date;
}

export interface PackagedChart {
  readonly metadata: ChartMetadata;
  readonly archive: Uint8Array;
  /** `<name>-<version>.tgz`. */
  readonly fileName: string;
}

/** Packages the files of a chart. Throws ChartError for a chart that isn't whole. */
export function packageChart(files: readonly ChartFile[], options: PackageOptions): PackagedChart {
  const chart = loadChartFiles(files, unpackArchive);
  const { version = '', appVersion = '' } = options;
  if (version !== '' && parseVersion(version) === undefined) throw new ChartError('invalid semantic version');
  const metadata: ChartMetadata = {
    ...chart.metadata,
    ...(version === '' ? {} : { version }),
    ...(appVersion === '' ? {} : { appVersion }),
  };
  const present = new Set(chart.dependencies.map((each) => each.metadata.name));
  const missing = metadata.dependencies.map(({ name }) => name).filter((name) => !present.has(name));
  if (missing.length > 0) {
    throw new ChartError(`found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`);
  }
  const archive = gzipChart(writeTar(chartEntries(files, metadata, '', options.now)));
  return { metadata, archive, fileName: `${metadata.name}-${metadata.version}.tgz` };
}

function chartEntries(files: readonly ChartFile[], metadata: ChartMetadata, prefix: string, now: Date): TarFile[] {
  const base = `${prefix}${metadata.name}/`;
  const seconds = (modified = ''): number => {
    const time = Date.parse(modified);
    // Archives can't say times before 1970; Go's zero time is one.
    return Math.floor((time >= 0 ? time : now.getTime()) / 1000);
  };
  const entries: TarFile[] = [];
  const add = (name: string, data: Uint8Array | string, modified: string | undefined): void => {
    entries.push({ name: base + name, data: Buffer.from(data), modified: seconds(modified) });
  };
  const named = new Map(files.map((file) => [file.name, file]));
  add('Chart.yaml', metadataText(metadata), named.get('Chart.yaml')?.modified);
  const lock = named.get('Chart.lock');
  if (lock !== undefined && metadata.apiVersion !== 'v1') {
    const read = readLock(textOf(lock), 'Chart.lock');
    add('Chart.lock', lockText(read), read.generated);
  }
  const values = named.get('values.yaml');
  if (values !== undefined) add('values.yaml', values.data, values.modified);
  const schema = named.get('values.schema.json');
  if (schema !== undefined) {
    checkJson(schema);
    add('values.schema.json', schema.data, schema.modified);
  }
  for (const file of files.filter(({ name }) => name.startsWith('templates/')))
    add(file.name, file.data, file.modified);
  for (const file of files.filter((each) => isPlainFile(each, metadata))) add(file.name, file.data, file.modified);
  for (const dependency of dependencyFiles(files, metadata.name, unpackArchive)) {
    entries.push(...chartEntries(dependency.files, metadataOf(dependency.files), `${base}charts/`, now));
  }
  return entries;
}

/** A v1 chart keeps its dependencies in requirements.yaml. */
function metadataText(metadata: ChartMetadata): string {
  return metadataYaml(metadata.apiVersion === 'v1' ? { ...metadata, dependencies: [] } : metadata);
}

/** As Chart.yaml, in the order of keys. */
export function metadataYaml(metadata: ChartMetadata): string {
  return writeYaml(decodeGoJson(goJsonText(metadataRecord(metadata))));
}

function metadataOf(files: readonly ChartFile[]): ChartMetadata {
  const find = (name: string): string | undefined => {
    const file = files.find((each) => each.name === name);
    return file === undefined ? undefined : textOf(file);
  };
  return readMetadata(find('Chart.yaml') ?? '', find('requirements.yaml'));
}

function textOf(file: ChartFile): string {
  return fromBytes(file.data).replace(/^\ufeff/, '');
}

function checkJson(schema: ChartFile): void {
  try {
    decodeGoJson(fromBytes(schema.data), () => null);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new ChartError('failed to save: invalid JSON in values.schema.json', { cause: error });
  }
}
