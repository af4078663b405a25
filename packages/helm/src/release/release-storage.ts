/** Finding releases by name and revision, and keeping no more of them than the history limit allows. */
import type { Release, ReleaseStatus } from './release.ts';
import type { ReleaseDriver } from './release-driver.ts';
import { isReleaseError, ReleaseError, releaseNotFound } from './release-error.ts';

/** Newest first. */
function byRevision(a: Release, b: Release): number {
  return b.revision - a.revision;
}

export class ReleaseStorage {
  readonly driver: ReleaseDriver;

  constructor(driver: ReleaseDriver) {
    this.driver = driver;
  }

  /** All revisions, newest first. @throws ReleaseError NotFound when there is none */
  async history(name: string): Promise<Release[]> {
    const found = await this.driver.query({ name });
    if (found.length === 0) throw releaseNotFound();
    return found.toSorted(byRevision);
  }

  /** The newest revision. @throws ReleaseError NotFound */
  async last(name: string): Promise<Release> {
    const [newest] = await this.history(name);
    if (newest === undefined) throw releaseNotFound();
    return newest;
  }

  /** One revision, the newest when it is 0. @throws ReleaseError NotFound, Damaged */
  get(name: string, revision = 0): Promise<Release> {
    return revision > 0 ? this.driver.get(name, revision) : this.last(name);
  }

  /** Those in a status, newest first; broken clusters may have several that are deployed. */
  async inStatus(name: string, status: ReleaseStatus): Promise<Release[]> {
    return (await this.driver.query({ name, status })).toSorted(byRevision);
  }

  /** @throws ReleaseError NoDeployedReleases */
  async deployed(name: string): Promise<Release> {
    const [newest] = await this.inStatus(name, 'deployed');
    if (newest === undefined) throw noDeployedReleases(name);
    return newest;
  }

  /** Stores a new revision, after the oldest ones that are too many were deleted. `historyMax` 0 keeps all. */
  async create(release: Release, historyMax = 0): Promise<void> {
    if (historyMax > 0) await this.#makeRoom(release.name, historyMax - 1);
    await this.driver.create(release);
  }

  update(release: Release): Promise<void> {
    return this.driver.update(release);
  }

  delete(name: string, revision: number): Promise<void> {
    return this.driver.delete(name, revision);
  }

  /** Deletes the oldest until `maximum` are left; never the one that is deployed. */
  async #makeRoom(name: string, maximum: number): Promise<void> {
    const all = (await this.driver.query({ name })).toSorted(byRevision).toReversed();
    const [deployed] = await this.inStatus(name, 'deployed');
    const old = all.filter(({ revision }) => revision !== deployed?.revision);
    const failures: unknown[] = [];
    for (const { revision } of old.slice(0, Math.max(0, all.length - maximum))) {
      await this.delete(name, revision).catch((error: unknown) => {
        if (!isReleaseError(error, 'NotFound')) failures.push(error);
      });
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) {
      const text = failures[0] instanceof Error ? failures[0].message : '';
      const message = `encountered ${failures.length} deletion errors. First is: ${text}`;
      throw new ReleaseError('Failed', message, { cause: failures[0] });
    }
  }
}

export function noDeployedReleases(name: string): ReleaseError {
  return new ReleaseError('NoDeployedReleases', `"${name}" has no deployed releases`);
}
