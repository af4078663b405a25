/**
 * Merging of maps as sprig's merge functions do it (package mergo): maps merge deeply, anything else is taken whole, and
 * what counts as empty (false, 0, "") gives way even without overwriting.
 */
import { type GoMap, isMap, isObject } from '../go/value.ts';
import { isEmpty } from './convert.ts';

/** Merges `source` into `target`, in place. */
export function mergeInto(target: GoMap, source: GoMap, overwrite: boolean): void {
  for (const [key, value] of source) {
    if (value === null || value === undefined) {
      if (overwrite) target.set(key, null);
      continue;
    }
    const present = target.get(key);
    if (isMap(value) && isMap(present) && present.size + value.size > 0) {
      mergeInto(present, value, overwrite);
      continue;
    }
    if (overwrite || isObject(present) ? overwrite : isEmpty(present)) target.set(key, value);
  }
}
