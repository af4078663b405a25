/**
 * Entries of maps that expressions make.
 */
import { type MapBuilder, mapKeyOf } from '../values/map-value.ts';
import { type ErrorValue, errorValue, type Value } from '../values/value.ts';

/** Puts an entry into a map; a result is what is wrong with it. */
export function addEntry(builder: MapBuilder, key: Value, value: Value): ErrorValue | undefined {
  if (mapKeyOf(key) === undefined || typeof key === 'number') return errorValue('unsupported key type');
  return builder.add(key, value) ? undefined : errorValue(`Failed with repeated key: ${String(mapKeyOf(key))}`);
}
