/**
 * Fields of maps, objects and optionals.
 */
import { errorValue, noneValue, optionalOf, type Result, type Value } from '../values/value.ts';

const noOverload = errorValue('no such overload');

/** `value.field`: of a map or an object; of an optional an optional. */
export function selectField(value: Value, field: string): Result {
  if (typeof value === 'object' && value !== null) {
    if (value.kind === 'map') {
      const found = value.get(field);
      return found === undefined ? errorValue(`no such key: ${field}`) : found;
    }
    if (value.kind === 'optional') return optionalField(value, field);
  }
  return noOverload;
}

/** `value.?field`: none when it isn't there. */
export function optionalField(value: Value, field: string): Result {
  if (typeof value === 'object' && value !== null) {
    if (value.kind === 'optional') return value.value === undefined ? noneValue : optionalField(value.value, field);
    if (value.kind === 'map') {
      const found = value.get(field);
      return found === undefined ? noneValue : optionalOf(found);
    }
  }
  return noOverload;
}

/** `has(value.field)`. */
export function hasField(value: Value, field: string): Result {
  if (typeof value === 'object' && value !== null) {
    if (value.kind === 'map') return value.get(field) !== undefined;
    if (value.kind === 'optional') return value.value === undefined ? false : hasField(value.value, field);
  }
  return noOverload;
}
