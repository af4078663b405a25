/** What the controller needs to know of a release's record: digests of its parts, not the parts themselves. */
import { createHash } from 'node:crypto';
import type { Release } from '../../release/release.ts';
import { isReleaseError } from '../../release/release-error.ts';
import type { ReleaseStorage } from '../../release/release-storage.ts';
import type { RecordedRevision } from '../decide/observation.ts';
import { valuesDigest } from '../values/compose-values.ts';

/** A test of the chart that has run. */
interface RecordedTest {
  readonly name: string;
  readonly phase: string;
  readonly started: string;
  readonly completed: string;
}

export interface RecordedDetails extends RecordedRevision {
  readonly appVersion: string;
  readonly description: string;
  readonly firstDeployed: string;
  readonly lastDeployed: string;
  readonly deleted: string;
  readonly tests: readonly RecordedTest[];
}

/** All revisions of a release, newest first. */
export async function recordedHistory(storage: ReleaseStorage, name: string): Promise<RecordedDetails[]> {
  try {
    return (await storage.history(name)).map(recordedOf);
  } catch (error) {
    if (isReleaseError(error, 'NotFound')) return [];
    throw error;
  }
}

function recordedOf(release: Release): RecordedDetails {
  const { info, chart, config, hooks } = release;
  return {
    revision: release.revision,
    status: info.status,
    chartName: chart?.metadata.name ?? '',
    chartVersion: chart?.metadata.version ?? '',
    appVersion: chart?.metadata.appVersion ?? '',
    configDigest: valuesDigest(config),
    digest: recordDigest(release),
    description: info.description,
    firstDeployed: info.firstDeployed,
    lastDeployed: info.lastDeployed,
    deleted: info.deleted,
    tests: hooks
      .filter(({ events }) => events.includes('test'))
      .map(({ name, lastRun }) => ({
        name,
        phase: lastRun.phase,
        started: lastRun.startedAt,
        completed: lastRun.completedAt,
      })),
  };
}

/** Of what doesn't change any more once a revision is written: its objects and its values. */
function recordDigest({ manifest, hooks, config }: Release): string {
  const hash = createHash('sha256').update(manifest).update('\0').update(valuesDigest(config));
  // Testing puts the hooks into another order.
  for (const hook of hooks.map(({ path, manifest: text }) => `\0${path}\0${text}`).sort()) hash.update(hook);
  return `sha256:${hash.digest('hex')}`;
}
