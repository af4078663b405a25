/**
 * Where the results of stable generators are kept: a Secret beside the records of the release, with a type of our own. Helm
 * doesn't look at it, because it isn't labelled as helm's.
 */
import { Secret } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { isJsonObject, isStatusError, type JsonValue, type Observed } from '@kindred/machinery';
import type { GeneratedValue } from '../functions/stable-generators.ts';
import { ReleaseError } from './release-error.ts';

export interface StoredGenerators {
  readonly values: ReadonlyMap<string, GeneratedValue>;
  /** Of the Secret; undefined when there is none. */
  readonly resourceVersion: string | undefined;
}

export interface GeneratorStore {
  /** @throws ReleaseError Damaged */
  load(release: string): Promise<StoredGenerators>;
  /** Replaces what was loaded. @throws ReleaseError InProgress when somebody else has written it meanwhile */
  save(release: string, stored: StoredGenerators): Promise<StoredGenerators>;
  delete(release: string): Promise<void>;
}

export interface GeneratorStoreOptions {
  readonly client: Client;
  /** Where the records of the releases are. */
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

const TYPE = 'helm.kindred.dev/generators.v1';
const KEY = 'generators';
const FIELD_MANAGER = 'helm';
/** How a write fails when the Secret isn't as it was read. */
const TAKEN: readonly (string | undefined)[] = ['AlreadyExists', 'Conflict', 'NotFound'];

function generatorSecretName(release: string): string {
  return `sh.kindred.generators.v1.${release}`;
}

export function secretGeneratorStore({ client, namespace, signal }: GeneratorStoreOptions): GeneratorStore {
  const at = (release: string) => ({ namespace, name: generatorSecretName(release) });
  return {
    async load(release) {
      try {
        return read(await client.get(Secret, at(release), { signal }));
      } catch (error) {
        if (isStatusError(error, 'NotFound')) return { values: new Map(), resourceVersion: undefined };
        throw error;
      }
    },
    async save(release, { values, resourceVersion }) {
      const secret = {
        metadata: {
          ...at(release),
          labels: { owner: 'kindred-helm', 'helm.kindred.dev/release': release },
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
        },
        type: TYPE,
        data: { [KEY]: Buffer.from(generatorText(values)).toString('base64') },
      };
      const options = { fieldManager: FIELD_MANAGER, signal };
      try {
        const { metadata } = await (resourceVersion === undefined
          ? client.create(Secret, secret, options)
          : client.update(Secret, secret, options));
        return { values, resourceVersion: metadata.resourceVersion };
      } catch (error) {
        if (!isStatusError(error) || !TAKEN.includes(error.reason)) throw error;
        const message = 'another operation has written the generated values of the release meanwhile';
        throw new ReleaseError('InProgress', message, { cause: error });
      }
    },
    async delete(release) {
      try {
        await client.delete(Secret, at(release), { signal });
      } catch (error) {
        // Who may not delete it has no release that made one.
        if (!isStatusError(error, 'NotFound') && !isStatusError(error, 'Forbidden')) throw error;
      }
    },
  };
}

/** What the Secret holds: one JSON object, in the order of the keys. */
export function generatorText(values: ReadonlyMap<string, GeneratedValue>): string {
  return JSON.stringify(Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function read({ metadata, data }: Observed<Secret>): StoredGenerators {
  try {
    const json: unknown = JSON.parse(Buffer.from(data?.[KEY] ?? '', 'base64').toString());
    if (!isJsonObject(json)) throw new SyntaxError('it is no object');
    const values = new Map(Object.entries(json).map(([key, value]) => [key, generatedValue(value)]));
    return { values, resourceVersion: metadata.resourceVersion };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const where = `Secret ${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
    // The parser's words quote the text, which is secret.
    const message = `the generated values in ${where} can't be read; without it they are generated anew`;
    throw new ReleaseError('Damaged', message);
  }
}

function generatedValue(value: JsonValue | undefined): GeneratedValue {
  if (!isJsonObject(value)) throw new SyntaxError('a value is no object');
  const { text, int, certificate, renewAt } = value;
  const renewal = typeof renewAt === 'number' ? { renewAt } : {};
  if (typeof text === 'string') return { text, ...renewal };
  if (typeof int === 'number') return { int, ...renewal };
  if (!isJsonObject(certificate)) throw new SyntaxError('a value has no result');
  const { certificate: pem, key } = certificate;
  if (typeof pem !== 'string' || typeof key !== 'string') throw new SyntaxError('a certificate is none');
  return { certificate: { certificate: pem, key }, ...renewal };
}
