/**
 * Chart.lock (requirements.lock of a v1 chart): the versions that the ranges of a chart's dependencies stand for, with a
 * digest over ranges and versions, by which helm tells whether the lock still belongs to the chart.
 */
import { createHash } from 'node:crypto';
import type { Dependency } from '../chart/chart.ts';
import type { LockedDependency, LockFile } from '../chart/lock.ts';
import { dependencyRecord, goJsonText } from '../chart/metadata-json.ts';
import { GoMap } from '../go/value.ts';
import { writeYaml } from '../yaml/write.ts';

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
