/** An object under admission as an intent: what it names is read when the translation asks for it. */
import type { Client, Lister } from '@kindred/client';
import {
  type FieldError,
  formatFieldError,
  isStatusError,
  type KindRef,
  type KubeObject,
  type Observed,
} from '@kindred/machinery';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import type { ReleaseObject } from '../reconcile/release-object.ts';
import type { ReleaseKind } from '../release-kind.ts';

export type NearTranslation =
  | { readonly intent: ReleaseIntent }
  /** The object is wrong, whatever else there is. */
  | { readonly errors: readonly FieldError[] }
  /** Something that it names isn't there, or wrong. */
  | { readonly warnings: readonly string[] };

/** Sources name sources: HelmChart, then HelmRepository. */
const ROUNDS = 3;

export async function translateNear(
  releases: ReleaseKind,
  object: ReleaseObject,
  client: Client,
  signal: AbortSignal,
): Promise<NearTranslation> {
  const objects = new NearObjects();
  let translation = releases.translate(object, (kind) => objects.lister(kind));
  if ('errors' in translation) return translation;
  for (let round = 0; round < ROUNDS && (await objects.read(client, signal)); round++) {
    translation = releases.translate(object, (kind) => objects.lister(kind));
  }
  if ('intent' in translation) return translation;
  if ('missing' in translation)
    return { warnings: [`${translation.missing} is not there (yet), so nothing more is checked`] };
  const texts = translation.errors.map(formatFieldError);
  return { warnings: texts.map((text) => `what the object names is not as it should be: ${text}`) };
}

/** Objects by kind and name; those that were asked for and aren't known are read next. */
class NearObjects {
  readonly #found = new Map<string, Observed<KubeObject> | undefined>();
  readonly #wanted = new Map<string, { kind: KindRef<KubeObject>; namespace: string; name: string }>();

  lister<K extends KubeObject>(kind: KindRef<K>): Lister<K> {
    const get = (namespace: string, name: string): Observed<K> | undefined => {
      const key = `${kind.group}/${kind.kind}/${namespace}/${name}`;
      if (!this.#found.has(key)) this.#wanted.set(key, { kind: kind as KindRef<KubeObject>, namespace, name });
      // Kept under its kind.
      return this.#found.get(key) as Observed<K> | undefined;
    };
    return {
      get: ({ namespace = '', name }) => get(namespace, name),
      getByKey(key) {
        const [namespace = '', name = ''] = key.split('/');
        return get(namespace, name);
      },
      // Translations look objects up by their names.
      list: () => [],
      byIndex: () => [],
    };
  }

  /** True when something new was found. */
  async read(client: Client, signal: AbortSignal): Promise<boolean> {
    let hasNew = false;
    const wanted = Array.from(this.#wanted);
    this.#wanted.clear();
    for (const [key, { kind, namespace, name }] of wanted) {
      try {
        this.#found.set(key, await client.get(kind, { namespace, name }, { signal }));
        hasNew = true;
      } catch (error) {
        if (!isStatusError(error)) throw error;
        this.#found.set(key, undefined);
      }
    }
    return hasNew;
  }
}
