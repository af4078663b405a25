/**
 * The merge patch (RFC 7386) that turns one object into another.
 */

import { deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { member } from './json-tools.ts';

/**
 * The smallest merge patch with `applyMergePatch(before, patch)` equal to `after`; undefined when they are equal.
 *
 * A merge patch cannot set null: members of `after` that are null are treated as absent.
 * @example createMergePatch({ a: 1, b: 2 }, { a: 1 }) // { b: null }
 */
export function createMergePatch(before: unknown, after: unknown): JsonObject | undefined {
  const patch = diff(isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {});
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function diff(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const name of Object.keys(before)) {
    const gone = member(after, name) ?? null;
    if (gone === null && before[name] !== null) setMember(patch, name, null);
  }
  for (const name of Object.keys(after)) {
    const next = after[name] ?? null;
    if (next === null) continue;
    const previous = member(before, name);
    if (isJsonObject(previous) && isJsonObject(next)) {
      const inner = diff(previous, next);
      if (Object.keys(inner).length > 0) setMember(patch, name, inner);
    } else if (!deepEqual(previous, next)) {
      setMember(patch, name, next);
    }
  }
  return patch;
}
