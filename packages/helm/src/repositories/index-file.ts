/**
 * The index of a repository, index.yaml (Helm documentation, "The Chart Repository Guide"): the versions of each chart,
 * newest first. Entries that are no charts are left out with a warning, as helm does.
 */
import { goQuote } from '@kindred/machinery';
import { ChartError, type ChartMetadata } from '../chart/chart.ts';
import { checkMetadata, metadataOf } from '../chart/metadata.ts';
import { goText } from '../go/format.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { constraintProblem, parseConstraints, satisfies } from '../semver/constraint.ts';
import { compareVersions, parseVersion } from '../semver/version.ts';
import { readYaml, YamlError } from '../yaml/read.ts';

export interface ChartVersion {
  readonly metadata: ChartMetadata;
  /** Absolute, or relative to the repository. */
  readonly urls: readonly string[];
  /** RFC 3339. */
  readonly created: string;
  readonly removed: boolean;
  /** SHA-256 of the archive in hex; empty when the index doesn't say. */
  readonly digest: string;
}

export interface IndexFile {
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly generated: string;
  /** By the chart's name; newest version first. */
  readonly entries: ReadonlyMap<string, readonly ChartVersion[]>;
  readonly publicKeys: readonly string[];
  readonly annotations: ReadonlyMap<string, string>;
}

/** Hears what helm logs as a warning, with its fields. */
export type Warn = (message: string, fields?: Readonly<Record<string, string>>) => void;

/** What Go writes for a time that was never set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Reads YAML or JSON. `source` is where it is from, for messages. Throws ChartError. */
export function readIndex(text: string, source: string, warn: Warn): IndexFile {
  if (text === '') throw new ChartError('empty index.yaml file');
  const root = parse(text);
  if (!isMap(root)) throw new ChartError('error unmarshaling JSON: the index is not a map');
  const entries = new Map<string, readonly ChartVersion[]>();
  const listed = root.get('entries');
  for (const [name, versions] of isMap(listed) ? listed : []) {
    entries.set(name, sortVersions(readVersions(name, sliceItems(versions) ?? [], source, warn)));
  }
  const apiVersion = textOf(root.get('apiVersion'));
  if (apiVersion === '') throw new ChartError('no API version specified');
  const annotations = root.get('annotations');
  return {
    apiVersion,
    generated: textOf(root.get('generated')),
    entries,
    publicKeys: (sliceItems(root.get('publicKeys')) ?? []).map(textOf),
    annotations: new Map(isMap(annotations) ? [...annotations].map(([key, value]) => [key, textOf(value)]) : []),
  };
}

function parse(text: string): GoValue {
  try {
    return /^\s*\{/.test(text) ? fromJson(text) : readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}

/** A text that begins as JSON may still be YAML of the flow style. */
function fromJson(text: string): GoValue {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return readYaml(text);
    throw error;
  }
  return decodeGoJson(text);
}

function readVersions(name: string, items: readonly GoValue[], source: string, warn: Warn): ChartVersion[] {
  const versions: ChartVersion[] = [];
  // Backwards, as helm goes, so that its warnings come in the same order.
  for (const item of items.toReversed()) {
    if (!isMap(item)) {
      warn(`skipping loading invalid entry for chart ${goQuote(name)} from ${source}: empty entry`);
      continue;
    }
    try {
      const version = readVersion(item);
      checkEntry(version.metadata);
      versions.push(version);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      const label = `${goQuote(name)} ${goQuote(textOf(item.get('version')))}`;
      warn(`skipping loading invalid entry for chart ${label} from ${source}: ${error.message}`);
    }
  }
  return versions.reverse();
}

function readVersion(item: GoMap): ChartVersion {
  return {
    metadata: metadataOf(item),
    urls: (sliceItems(item.get('urls')) ?? []).map(textOf),
    created: textOf(item.get('created')) || ZERO_TIME,
    removed: item.get('removed') === true,
    digest: textOf(item.get('digest')),
  };
}

/** Some repositories drop aliases, so that dependencies look like duplicates; that harms nobody here. */
function checkEntry(metadata: ChartMetadata): void {
  try {
    checkMetadata(metadata);
  } catch (error) {
    if (error instanceof ChartError && error.message.includes('more than one dependency with name or alias')) return;
    throw error;
  }
}

function textOf(value: GoValue): string {
  return value === undefined || value === null ? '' : goText(value);
}

/** Newest first; what has no version comes last. */
export function sortVersions(versions: readonly ChartVersion[]): ChartVersion[] {
  const parsed = versions.map((entry) => ({ entry, version: parseVersion(entry.metadata.version) }));
  parsed.sort((a, b) => {
    if (a.version === undefined || b.version === undefined) {
      return a.version === b.version ? 0 : a.version === undefined ? 1 : -1;
    }
    return compareVersions(b.version, a.version);
  });
  return parsed.map(({ entry }) => entry);
}

/**
 * The newest version of a chart in a range; the newest that is no pre-release when the range is empty. `warn` hears of
 * a version that was asked for and isn't the one found. Throws ChartError.
 */
export function findVersion(index: IndexFile, name: string, range: string, warn?: Warn): ChartVersion {
  const versions = index.entries.get(name);
  if (versions === undefined) throw new ChartError('no chart name found');
  if (versions.length === 0) throw new ChartError('no chart version found');
  const constraints = parseConstraints(range === '' ? '*' : range);
  if (constraints === undefined) throw new ChartError(constraintProblem(range));
  const exact = range === '' ? undefined : versions.find(({ metadata }) => metadata.version === range);
  if (exact !== undefined) return exact;
  for (const candidate of versions) {
    const version = parseVersion(candidate.metadata.version);
    if (version === undefined || !satisfies(version, constraints)) continue;
    if (range !== '') {
      warn?.('unable to find exact version requested; falling back to closest available version', {
        chart: name,
        requested: range,
        selected: candidate.metadata.version,
      });
    }
    return candidate;
  }
  throw new ChartError(`no chart version found for ${name}-${range}`);
}
