/** Releases in the memory of this process: nothing of them remains. Helm's driver `memory`; also for tests. */
import { parseLabelSelector } from '@kindred/machinery';
import type { Release } from './release.ts';
import type { ReleaseDriver } from './release-driver.ts';
import { ReleaseError, releaseNotFound } from './release-error.ts';
import { selectorOf, storedLabels } from './release-labels.ts';
import { releaseKey } from './release-name.ts';

/** One for each namespace. */
export function memoryDriver(): ReleaseDriver {
  const stored = new Map<string, Release>();
  const find = (key: string): Release => {
    const release = stored.get(key);
    if (release === undefined) throw releaseNotFound();
    return release;
  };
  return {
    name: 'Memory',
    get: (name, revision) => attempt(() => find(releaseKey(name, revision))),
    query: (query) =>
      attempt(() => {
        const selector = parseLabelSelector(selectorOf(query));
        return [...stored.values()].filter((release) => selector.matches(storedLabels(release, 'modifiedAt', 0)));
      }),
    create: (release) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        if (stored.has(key)) throw new ReleaseError('AlreadyExists', 'release: already exists');
        stored.set(key, release);
      }),
    update: (release) =>
      attempt(() => {
        const key = releaseKey(release.name, release.revision);
        find(key);
        stored.set(key, release);
      }),
    delete: (name, revision) =>
      attempt(() => {
        const key = releaseKey(name, revision);
        find(key);
        stored.delete(key);
      }),
  };
}

function attempt<T>(step: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(step());
  });
}
