/**
 * Maps made by expressions. Numbers are one kind of key whatever their type: 1, 1u and 1.0 find the same entry.
 */
import type { MapValue, Value } from './value.ts';

type MapKey = string | bigint | boolean;

/** The key under which a value is kept; undefined for values that can't be found in any map. */
export function mapKeyOf(value: Value): MapKey | undefined {
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return value !== null && value.kind === 'uint' ? value.value : undefined;
}

/** Collects entries; strings and numbers can't be mistaken for each other. */
export class MapBuilder {
  readonly #entries = new Map<MapKey, { key: Value; value: Value }>();

  /** False when the key is there already. */
  add(key: Value, value: Value): boolean {
    const own = mapKeyOf(key);
    if (own === undefined || this.#entries.has(own)) return false;
    this.#entries.set(own, { key, value });
    return true;
  }

  build(): MapValue {
    const entries = this.#entries;
    return {
      kind: 'map',
      size: entries.size,
      get(key) {
        const own = mapKeyOf(key);
        return own === undefined ? undefined : entries.get(own)?.value;
      },
      keys: () => Array.from(entries.values(), ({ key }) => key),
    };
  }
}

/** A map from pairs; the first of two equal keys wins. */
export function mapOf(entries: Iterable<readonly [Value, Value]>): MapValue {
  const builder = new MapBuilder();
  for (const [key, value] of entries) builder.add(key, value);
  return builder.build();
}
