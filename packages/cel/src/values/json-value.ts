/**
 * JSON as values, without knowing its types: whole numbers are int, others double. Objects and lists are converted as
 * far as an expression looks into them.
 */
import type { ListMerge, ListValue, MapValue, Value } from './value.ts';

export function valueOfJson(json: unknown): Value {
  switch (typeof json) {
    case 'number':
      return Number.isInteger(json) ? BigInt(json) : json;
    case 'string':
    case 'boolean':
    case 'bigint':
      return json;
    default:
      if (Array.isArray(json)) return lazyList(() => json.map(valueOfJson));
      return typeof json === 'object' && json !== null ? new JsonMap(json) : null;
  }
}

/** A list whose items are made when they are first asked for. */
export function lazyList(make: () => readonly Value[], merge?: ListMerge): ListValue {
  return merge === undefined ? new LazyList(make) : new MergingList(make, merge);
}

// Classes, since object literals with accessors are many times slower to make.
class LazyList implements ListValue {
  readonly kind = 'list';
  readonly #make: () => readonly Value[];
  #items: readonly Value[] | undefined;

  constructor(make: () => readonly Value[]) {
    this.#make = make;
  }

  get items(): readonly Value[] {
    this.#items ??= this.#make();
    return this.#items;
  }
}

class MergingList extends LazyList {
  readonly merge: ListMerge;

  constructor(make: () => readonly Value[], merge: ListMerge) {
    super(make);
    this.merge = merge;
  }
}

class JsonMap implements MapValue {
  readonly kind = 'map';
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(object: object) {
    // Whatever its members are, they are read by name only.
    this.#object = object as Readonly<Record<string, unknown>>;
  }

  get size(): number {
    return Object.keys(this.#object).length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#object, key)) return undefined;
    const member = this.#object[key];
    return member === undefined ? undefined : valueOfJson(member);
  }

  keys(): readonly Value[] {
    return Object.keys(this.#object);
  }
}
