/**
 * The informer's store: objects by key, with indexes that are kept as objects come and go.
 *
 * The key is `namespace/name`, or `name` alone for cluster-scoped objects, as client-go's MetaNamespaceKeyFunc makes it.
 */
import type { KubeObject, Observed } from '@kindred/machinery';

/** The values under which an object is found in one index. */
export type IndexFunction<T extends KubeObject> = (object: Observed<T>) => readonly string[];

interface Index<T extends KubeObject> {
  readonly values: IndexFunction<T>;
  readonly keys: Map<string, Set<string>>;
}

const noKeys: ReadonlySet<string> = new Set();

/** `namespace/name`, or `name` for cluster-scoped objects. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  const { namespace, name = '' } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The inverse of `keyOf`. */
export function parseKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export class IndexedStore<T extends KubeObject> {
  readonly #objects = new Map<string, Observed<T>>();
  readonly #indexes = new Map<string, Index<T>>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): Observed<T> | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  values(): IterableIterator<Observed<T>> {
    return this.#objects.values();
  }

  /** Stores the object and returns the one that it replaces. */
  set(key: string, object: Observed<T>): Observed<T> | undefined {
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) reindex(index, key, old, object);
    return old;
  }

  delete(key: string): Observed<T> | undefined {
    const old = this.#objects.get(key);
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) reindex(index, key, old, undefined);
    return old;
  }

  /** May be called at any time; a second index of the same name must be the same function. */
  addIndex(name: string, values: IndexFunction<T>): void {
    const existing = this.#indexes.get(name);
    if (existing?.values === values) return;
    if (existing !== undefined) throw new TypeError(`Index ${name} is already there with another function`);
    const index: Index<T> = { values, keys: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) reindex(index, key, undefined, object);
  }

  hasIndex(name: string): boolean {
    return this.#indexes.has(name);
  }

  byIndex(name: string, value: string): Observed<T>[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new TypeError(`There is no index ${name}`);
    const found: Observed<T>[] = [];
    for (const key of index.keys.get(value) ?? noKeys) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }
}

function reindex<T extends KubeObject>(
  index: Index<T>,
  key: string,
  old: Observed<T> | undefined,
  object: Observed<T> | undefined,
): void {
  const before = old === undefined ? [] : index.values(old);
  const after = object === undefined ? [] : index.values(object);
  for (const value of before) {
    if (after.includes(value)) continue;
    const keys = index.keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(value);
  }
  for (const value of after) {
    const keys = index.keys.get(value);
    if (keys === undefined) index.keys.set(value, new Set([key]));
    else keys.add(key);
  }
}
