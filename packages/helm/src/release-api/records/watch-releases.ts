/** Watches of releases and revisions: the watch of their Secrets, as whoever asks, in other words. */
import { Secret } from '@kindred/apis/core/v1';
import { type WatchEvent, watchEvents } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import type { Release } from '../kinds/release.ts';
import type { ReleaseRevision } from '../kinds/release-revision.ts';
import { parseRevisionName, releaseObject, revisionObject } from '../objects/release-object.ts';
import { findRecords, newestRecord, type ReadingOptions } from './read-releases.ts';
import { type RecordMetadata, recordMetadata, recordsOf } from './record-metadata.ts';
import { ReleaseTracker } from './release-tracker.ts';

export interface WatchFrom {
  /** A state that the client has seen. */
  readonly resourceVersion: string;
  /** The only object that the client asks about; undefined for all. */
  readonly onlyName: string | undefined;
}

type Bookmark = Extract<WatchEvent<Secret>, { type: 'BOOKMARK' }>;

/** One event of a watch. */
type Told<T> = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T } | Bookmark;

/** Ends when the server of the Secrets ends it, or `signal` aborts. @throws StatusError Expired for a state that is too old */
export async function* watchReleases(
  options: ReadingOptions,
  { resourceVersion, onlyName }: WatchFrom,
): AsyncGenerator<Told<Release>> {
  const { records } = await findRecords(options, { release: onlyName, resourceVersion });
  const tracker = new ReleaseTracker(records);
  for await (const event of watchSecrets(options, resourceVersion, onlyName)) {
    if (event.type === 'BOOKMARK') yield event;
    else yield* changesOf(options, tracker, event);
  }
}

export async function* watchRevisions(
  options: ReadingOptions,
  { resourceVersion, onlyName }: WatchFrom,
): AsyncGenerator<Told<ReleaseRevision>> {
  // No revision of another release has such a name.
  const release = onlyName === undefined ? undefined : (parseRevisionName(onlyName)?.name ?? onlyName);
  for await (const event of watchSecrets(options, resourceVersion, release)) {
    if (event.type === 'BOOKMARK') yield event;
    else yield* told(event.type, revisionObject(event.object));
  }
}

async function* watchSecrets(
  { client, namespace, signal }: ReadingOptions,
  resourceVersion: string,
  release: string | undefined,
): AsyncGenerator<WatchEvent<Secret>> {
  const at = namespace === '' ? {} : { namespace };
  const watch = { labelSelector: recordsOf(release), resourceVersion, allowWatchBookmarks: true, signal };
  yield* watchEvents<Secret>((await client.openWatch(Secret, at, watch)).body);
}

async function* changesOf(
  options: ReadingOptions,
  tracker: ReleaseTracker,
  { type, object }: Exclude<WatchEvent<Secret>, Bookmark>,
): AsyncGenerator<Told<Release>> {
  const record = recordMetadata(object);
  if (record === undefined) return;
  const change = type === 'DELETED' ? tracker.deleted(record) : tracker.changed(record);
  if (change.type === 'NONE') return;
  if (change.type !== 'FALLBACK') return yield* told(change.type, releaseObject(object));
  const older = await olderRecord(options, record);
  const release = older === undefined ? undefined : releaseObject(older);
  if (release === undefined) return;
  // What is older by its record is newer as a state of the release.
  const { resourceVersion } = object.metadata;
  yield { type: 'MODIFIED', object: { ...release, metadata: { ...release.metadata, resourceVersion } } };
}

/** Undefined when it is gone too, or replaced: events that are still to come tell of that. */
function olderRecord(
  options: ReadingOptions,
  { namespace, name }: RecordMetadata,
): Promise<Observed<Secret> | undefined> {
  return newestRecord({ ...options, namespace }, name);
}

function* told<T>(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T | undefined): Generator<Told<T>> {
  if (object !== undefined) yield { type, object };
}
