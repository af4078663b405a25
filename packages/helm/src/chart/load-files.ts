/**
 * Makes a chart of the files that are in it: sorts templates, values and dependencies apart. Where the files come from
 * (a directory, an archive) is decided elsewhere.
 */
import { fromBytes } from '../go/bytes.ts';
import { GoMap, isMap } from '../go/value.ts';
import { coalesceTables } from '../values/coalesce-tables.ts';
import { type ReadYamlOptions, readYamlDocuments, YamlError } from '../yaml/read.ts';
import { type Chart, ChartError, type ChartFile, type ChartMetadata } from './chart.ts';
import { type LockFile, readLock } from './lock.ts';
import { checkMetadata, readMetadata } from './metadata.ts';
import { jsonKind } from './metadata-types.ts';

/** Unpacks a dependency that is an archive; its files without the directory they are in. */
export type Unpack = (archive: Uint8Array) => readonly ChartFile[];

/** Dependencies inside dependencies may go this deep. */
const MAX_DEPTH = 50;

/** Throws ChartError. */
export function loadChartFiles(files: readonly ChartFile[], unpack?: Unpack): Chart {
  return load(files, unpack, 0);
}

const text = (file: ChartFile): string => fromBytes(file.data).replace(/^\ufeff/, '');

function load(files: readonly ChartFile[], unpack: Unpack | undefined, depth: number): Chart {
  if (depth > MAX_DEPTH) throw new ChartError(`charts are nested deeper than ${MAX_DEPTH} levels`);
  const named = new Map(files.map((file) => [file.name, file]));
  const chartFile = named.get('Chart.yaml');
  if (chartFile === undefined) throw new ChartError('Chart.yaml file is missing');
  const requirements = named.get('requirements.yaml');
  const metadata = readMetadata(text(chartFile), requirements === undefined ? undefined : text(requirements));
  checkMetadata(metadata);
  const values = named.get('values.yaml');
  const lock = named.get('requirements.lock') ?? named.get('Chart.lock');
  const schema = named.get('values.schema.json');
  return {
    metadata,
    values:
      values === undefined
        ? new GoMap()
        : readValues(text(values), 'cannot load values.yaml: cannot unmarshal yaml document'),
    ...(values === undefined ? {} : { rawValues: values.data }),
    schema: schema?.data,
    ...(lock === undefined ? {} : { lock: lockRecord(readLock(text(lock), lock.name)) }),
    ...(chartFile.modified === undefined ? {} : { modified: chartFile.modified }),
    ...(schema?.modified === undefined ? {} : { schemaModified: schema.modified }),
    templates: files.filter(({ name }) => name.startsWith('templates/')),
    files: files.filter((file) => isPlainFile(file, metadata)),
    dependencies: loadDependencies(files, metadata.name, unpack, depth),
  };
}

/** As the record of a release has it. */
function lockRecord({ generated, digest, dependencies }: LockFile): unknown {
  return {
    generated: generated === '' ? '0001-01-01T00:00:00Z' : generated,
    digest,
    dependencies: dependencies.length === 0 ? null : dependencies,
  };
}

/** Values from YAML; further documents of the stream win over earlier ones. Throws ChartError. */
export function readValues(source: string, problem: string, options: Pick<ReadYamlOptions, 'integers'> = {}): GoMap {
  try {
    let values = new GoMap();
    for (const document of readYamlDocuments(source, options)) {
      if (document === null || document === undefined) continue;
      if (!isMap(document)) {
        const mismatch = `cannot unmarshal ${jsonKind(document)} into Go value of type map[string]interface {}`;
        throw new ChartError(`${problem}: error unmarshaling JSON: while decoding JSON: json: ${mismatch}`);
      }
      values = coalesceTables(document, values, { keepNulls: true });
    }
    return values;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`${problem}: error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}

const OWN_FILES = new Set(['Chart.yaml', 'Chart.lock', 'values.yaml', 'values.schema.json']);

/** Whether templates see the file in `.Files`. */
export function isPlainFile({ name }: ChartFile, metadata: ChartMetadata): boolean {
  if (OWN_FILES.has(name) || name.startsWith('templates/')) return false;
  if (metadata.apiVersion === 'v1' && (name === 'requirements.yaml' || name === 'requirements.lock')) return true;
  return !name.startsWith('charts/') || name.endsWith('.prov');
}

interface DependencyFiles {
  /** The name below charts/. */
  readonly entry: string;
  /** Named from the chart that they make. */
  readonly files: readonly ChartFile[];
}

/** The files of each chart below charts/. Throws ChartError. */
export function dependencyFiles(
  files: readonly ChartFile[],
  parent: string,
  unpack: Unpack | undefined,
): DependencyFiles[] {
  const entries = new Map<string, ChartFile[]>();
  for (const file of files) {
    if (!file.name.startsWith('charts/') || file.name.endsWith('.prov')) continue;
    const name = file.name.slice('charts/'.length);
    const entry = name.split('/')[0] ?? '';
    if (/^[_.]/.test(entry)) continue;
    const group = entries.get(entry) ?? [];
    group.push({ ...file, name });
    entries.set(entry, group);
  }
  return [...entries].map(([entry, group]) => ({
    entry,
    files: inDependency(entry, parent, () => unpackDependency(entry, group, unpack)),
  }));
}

function loadDependencies(
  files: readonly ChartFile[],
  parent: string,
  unpack: Unpack | undefined,
  depth: number,
): Chart[] {
  return dependencyFiles(files, parent, unpack).map((each) =>
    inDependency(each.entry, parent, () => load(each.files, unpack, depth + 1)),
  );
}

function unpackDependency(
  entry: string,
  group: readonly ChartFile[],
  unpack: Unpack | undefined,
): readonly ChartFile[] {
  if (!entry.endsWith('.tgz')) {
    // A file that lies in charts/ makes a chart without files, which is none.
    const inner = group.filter(({ name }) => name !== entry);
    return inner.map((file) => ({ ...file, name: file.name.slice(entry.length + 1) }));
  }
  const archive = group.find(({ name }) => name === entry);
  if (archive === undefined) throw new ChartError(`expected ${entry}, got ${group[0]?.name ?? ''}`);
  if (unpack === undefined) throw new ChartError('no way to unpack archives');
  return unpack(archive.data);
}

function inDependency<T>(entry: string, parent: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`error unpacking subchart ${entry} in ${parent}: ${error.message}`, { cause: error });
  }
}
