/** Releases in Secrets or ConfigMaps of their namespace, as helm keeps them. */

import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import type { Client, Draft, WriteOptions } from '@kindred/client';
import {
  type Clock,
  isStatusError,
  type KindRef,
  type KubeObject,
  type ObjectMeta,
  type Observed,
} from '@kindred/machinery';
import {
  CHUNKS_ANNOTATION,
  type ChunkNote,
  chunkNote,
  type FittedRecord,
  joinChunks,
  recordFitter,
} from './large-record.ts';
import { MemberError } from './read-members.ts';
import { decodeRecord } from './record-encoding.ts';
import type { Release } from './release.ts';
import type { ReleaseDriver } from './release-driver.ts';
import { isReleaseError, ReleaseError, releaseNotFound } from './release-error.ts';
import { selectorOf, storedLabels, timeLabels, userLabels } from './release-labels.ts';
import { releaseKey } from './release-name.ts';

export interface ObjectDriverOptions {
  readonly client: Client;
  /** Empty: all namespaces, for lookups only. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Told of objects that can't be read as releases, while others are. */
  readonly onDamaged?: ((error: ReleaseError) => void) | undefined;
}

const FIELD_MANAGER = 'helm';
const TYPE = 'helm.sh/release.v1';
const CHUNK_TYPE = 'helm.kindred.dev/chunk.v1';

/** An object to write. */
interface StoredText {
  readonly metadata: ObjectMeta;
  readonly text: string;
  /** Only Secrets have one. */
  readonly type: string;
}

/** What tells the two kinds apart. */
interface Format<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly name: 'Secret' | 'ConfigMap';
  readonly create: (client: Client, stored: StoredText, options: WriteOptions) => Promise<Observed<T>>;
  readonly update: (client: Client, stored: StoredText, options: WriteOptions) => Promise<Observed<T>>;
  readonly textOf: (object: T) => string | undefined;
}

const secretOf = ({ metadata, text, type }: StoredText): Draft<Secret> => ({
  metadata,
  type,
  data: { release: Buffer.from(text).toString('base64') },
});

const SECRETS: Format<Secret> = {
  kind: Secret,
  name: 'Secret',
  create: (client, stored, options) => client.create(Secret, secretOf(stored), options),
  update: (client, stored, options) => client.update(Secret, secretOf(stored), options),
  textOf: ({ data }) =>
    data?.['release'] === undefined ? undefined : Buffer.from(data['release'], 'base64').toString(),
};

const configMapOf = ({ metadata, text }: StoredText): Draft<ConfigMap> => ({ metadata, data: { release: text } });

const CONFIG_MAPS: Format<ConfigMap> = {
  kind: ConfigMap,
  name: 'ConfigMap',
  create: (client, stored, options) => client.create(ConfigMap, configMapOf(stored), options),
  update: (client, stored, options) => client.update(ConfigMap, configMapOf(stored), options),
  textOf: ({ data }) => data?.['release'],
};

/** Helm's default. */
export function secretDriver(options: ObjectDriverOptions): ReleaseDriver {
  return objectDriver(SECRETS, options);
}

export function configMapDriver(options: ObjectDriverOptions): ReleaseDriver {
  return objectDriver(CONFIG_MAPS, options);
}

function objectDriver<T extends KubeObject>(format: Format<T>, options: ObjectDriverOptions): ReleaseDriver {
  const { client, namespace, signal } = options;
  const { kind } = format;
  const write = { fieldManager: FIELD_MANAGER, signal };
  const fit = recordFitter();

  const stored = (release: Release, fitted: FittedRecord, written: 'createdAt' | 'modifiedAt'): StoredText => ({
    type: TYPE,
    text: fitted.main,
    metadata: {
      name: releaseKey(release.name, release.revision),
      // Where records are kept may be another namespace than that of the release.
      namespace: namespace === '' ? release.namespace : namespace,
      labels: storedLabels(release, written, options.clock.now()),
      ...(Object.keys(fitted.annotations).length === 0 ? {} : { annotations: fitted.annotations }),
    },
  });

  /** The main object is there: its chunks belong to it. */
  const writeChunks = async (main: Observed<T>, { chunks, annotations }: FittedRecord): Promise<void> => {
    const { name, uid } = main.metadata;
    const owner = { apiVersion: 'v1', kind: kind.kind, name: name ?? '', uid };
    for (const [n, text] of chunks.entries()) {
      const chunk: StoredText = {
        type: CHUNK_TYPE,
        text,
        metadata: {
          name: chunkName(name ?? '', n),
          namespace: main.metadata.namespace ?? namespace,
          labels: { owner: 'kindred-helm' },
          // Helm drops those of the main object when it writes it.
          annotations: { [CHUNKS_ANNOTATION]: annotations[CHUNKS_ANNOTATION] ?? '' },
          ownerReferences: [owner],
        },
      };
      try {
        await format.create(client, chunk, write);
      } catch (error) {
        if (!isStatusError(error, 'AlreadyExists')) throw error;
        await format.update(client, chunk, write);
      }
    }
  };

  const chunkAt = (main: Observed<T>, n: number): Promise<Observed<T>> => {
    const at = { name: chunkName(main.metadata.name ?? '', n), namespace: main.metadata.namespace };
    return client.get(kind, at, { signal });
  };

  /** What is noted of a record's chunks: on itself, or when helm has written it since, on the first of them. */
  const findNote = async (release: Release, main: Observed<T>): Promise<ChunkNote | undefined> => {
    const note = chunkNote(main.metadata.annotations);
    if (note !== undefined || release.chart === undefined || release.chart.files.length > 0) return note;
    const first = await chunkAt(main, 0).catch((error: unknown) => {
      if (isStatusError(error, 'NotFound')) return undefined;
      throw error;
    });
    return chunkNote(first?.metadata.annotations);
  };

  const withChunks = async (release: Release, main: Observed<T>): Promise<Release> => {
    const note = await findNote(release, main);
    if (note === undefined) return release;
    try {
      const numbers = Array.from({ length: note.count }, (_, n) => n);
      const chunks = await Promise.all(numbers.map((n) => chunkAt(main, n)));
      const texts = chunks.map((chunk) => format.textOf(chunk) ?? '');
      return joinChunks(release, texts, note);
    } catch (error) {
      if (!isStatusError(error, 'NotFound') && !(error instanceof MemberError)) throw error;
      // The main record is all that is needed to work with the release.
      options.onDamaged?.(damaged(format, main, error));
      return release;
    }
  };

  /** What is wrong with the record that stands where this one belongs. */
  const damageOf = async ({ name, revision }: Release): Promise<string | undefined> => {
    try {
      readObject(format, await client.get(kind, { namespace, name: releaseKey(name, revision) }, { signal }));
      return undefined;
    } catch (error) {
      return isReleaseError(error, 'Damaged') ? error.message : undefined;
    }
  };

  return {
    name: format.name,
    async get(name, revision) {
      const at = { namespace, name: releaseKey(name, revision) };
      const object = await client.get(kind, at, { signal }).catch(missing);
      return withChunks(readObject(format, object), object);
    },
    async query(query) {
      const scope = namespace === '' ? {} : { namespace };
      const { items } = await client.list(kind, scope, { labelSelector: selectorOf(query), signal }).catch((error) => {
        const what = query.name === undefined ? 'list: failed to list' : 'query: failed to query with labels';
        throw refused(what, error);
      });
      return items.flatMap((item) => {
        try {
          return [readObject(format, item)];
        } catch (error) {
          if (!(error instanceof ReleaseError)) throw error;
          options.onDamaged?.(error);
          return [];
        }
      });
    },
    async create(release) {
      const fitted = fit(release);
      try {
        const main = await format.create(client, stored(release, fitted, 'createdAt'), write);
        await writeChunks(main, fitted);
      } catch (error) {
        if (!isStatusError(error, 'AlreadyExists')) throw refused('create: failed to create', error);
        const damage = await damageOf(release);
        const why = damage === undefined ? '' : `: ${damage}; delete it to go on without it`;
        throw new ReleaseError('AlreadyExists', `release: already exists${why}`, { cause: error });
      }
    },
    async update(release) {
      const fitted = fit(release);
      try {
        const main = await format.update(client, stored(release, fitted, 'modifiedAt'), write);
        const before = release.annotations?.[CHUNKS_ANNOTATION];
        if (before !== fitted.annotations[CHUNKS_ANNOTATION]) await writeChunks(main, fitted);
      } catch (error) {
        if (isStatusError(error, 'NotFound')) throw releaseNotFound();
        throw refused('update: failed to update', error);
      }
    },
    async delete(name, revision) {
      await client.delete(kind, { namespace, name: releaseKey(name, revision) }, { signal }).catch(missing);
    },
  };
}

function chunkName(record: string, n: number): string {
  return `${record}.chunk.${n + 1}`;
}

function missing(error: unknown): never {
  throw isStatusError(error, 'NotFound') ? releaseNotFound() : error;
}

function refused(what: string, error: unknown): unknown {
  return isStatusError(error) ? new ReleaseError('Failed', `${what}: ${error.message}`, { cause: error }) : error;
}

/** The release of a Secret that was read otherwise, without the chunks of a large record. @throws ReleaseError Damaged */
export function releaseOfSecret(secret: Observed<Secret>): Release {
  return readObject(SECRETS, secret);
}

function readObject<T extends KubeObject>(format: Format<T>, object: Observed<T>): Release {
  const { labels, annotations, namespace = '' } = object.metadata;
  try {
    const text = format.textOf(object);
    if (text === undefined) throw new MemberError('its data has no release');
    const release = decodeRecord(text);
    return {
      ...release,
      namespace: release.namespace === '' ? namespace : release.namespace,
      labels: userLabels(labels),
      recordTime: timeLabels(labels),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    };
  } catch (error) {
    if (!(error instanceof MemberError)) throw error;
    throw damaged(format, object, error);
  }
}

function damaged<T extends KubeObject>(format: Format<T>, { metadata }: Observed<T>, cause: Error): ReleaseError {
  const what = `${format.name} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  return new ReleaseError('Damaged', `the release record in ${what} is damaged: ${cause.message}`, { cause });
}
