/**
 * Chart.lock (requirements.lock of a v1 chart): the versions that the ranges of a chart's dependencies stand for, with a
 * digest over ranges and versions, by which helm tells whether the lock still belongs to the chart.
 */
import { createHash } from 'node:crypto';
import { ChartError, type Dependency } from '../chart/chart.ts';
import { dependencyRecord, goJsonText } from '../chart/metadata-json.ts';
import { goText } from '../go/format.ts';
import { GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { writeYaml } from '../yaml/write.ts';

export interface LockedDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

export interface LockFile {
  /** RFC 3339. */
  readonly generated: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly dependencies: readonly LockedDependency[];
  /** Ours, on request: what each archive must be, and what is inside. Helm passes over it. */
  readonly archives?: readonly LockedArchive[];
}

export interface LockedArchive {
  /** In `charts/`. */
  readonly file: string;
  /** Of the archive, `sha256:…`. */
  readonly digest: string;
  /** All charts inside, as `name/inner 1.2.3`. */
  readonly charts: readonly string[];
}

/** The digest that helm writes: over the JSON of what is asked for and what was found. */
export function lockDigest(requested: readonly Dependency[], locked: readonly LockedDependency[]): string {
  return digest(
    goJsonText([
      requested.map(dependencyRecord),
      locked.map(({ name, version, repository }) => ({ name, ...(version === '' ? {} : { version }), repository })),
    ]),
  );
}

/** The digest that helm 2 wrote into requirements.lock: over what is asked for alone. */
export function helm2LockDigest(requested: readonly Dependency[]): string {
  return digest(goJsonText({ dependencies: requested.map(dependencyRecord) }));
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Throws ChartError. */
export function readLock(text: string, file: string): LockFile {
  let root: GoValue;
  try {
    root = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`cannot load ${file}: error converting YAML to JSON: ${error.message}`, { cause: error });
  }
  if (!isMap(root)) throw new ChartError(`cannot load ${file}: the lock is not a map`);
  const archives = sliceItems(root.get('archives'));
  return {
    ...(archives === undefined ? {} : { archives: archives.filter(isMap).map(readArchive) }),
    generated: textOf(root.get('generated')),
    digest: textOf(root.get('digest')),
    dependencies: (sliceItems(root.get('dependencies')) ?? []).filter(isMap).map((item) => ({
      name: textOf(item.get('name')),
      version: textOf(item.get('version')),
      repository: textOf(item.get('repository')),
    })),
  };
}

function readArchive(item: GoMap): LockedArchive {
  return {
    file: textOf(item.get('file')),
    digest: textOf(item.get('digest')),
    charts: (sliceItems(item.get('charts')) ?? []).map(textOf),
  };
}

export function lockText(lock: LockFile): string {
  const dependencies = lock.dependencies.map(
    ({ name, version, repository }) =>
      new GoMap([
        ['name', name],
        ['repository', repository],
        ...(version === '' ? [] : [['version', version] as const]),
      ]),
  );
  const archives = lock.archives?.map(
    ({ file, digest, charts }) =>
      new GoMap([
        ['file', file],
        ['digest', digest],
        ['charts', [...charts]],
      ]),
  );
  return writeYaml(
    new GoMap([
      ...(archives === undefined ? [] : [['archives', archives] as const]),
      ['dependencies', dependencies],
      ['digest', lock.digest],
      ['generated', lock.generated],
    ]),
  );
}

function textOf(value: GoValue): string {
  return value === undefined || value === null ? '' : goText(value);
}
