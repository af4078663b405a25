/**
 * JSON Merge Patch (RFC 7386): members of the patch replace those of the target, null removes, arrays are replaced.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { member } from './json-tools.ts';
import { PatchError } from './patch-error.ts';

/**
 * The target with the patch merged in. Neither argument is changed; the result may share parts with both.
 *
 * @throws PatchError BadRequest when the patch is not an object: API objects are never replaced by another value.
 * @example applyMergePatch({ a: 1, b: 2 }, { b: null, c: 3 }) // { a: 1, c: 3 }
 */
export function applyMergePatch(target: unknown, patch: unknown): JsonObject {
  if (!isJsonObject(patch)) throw new PatchError('BadRequest', 'Invalid JSON Patch');
  return mergeObject(isJsonObject(target) ? target : {}, patch);
}

function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  const result = { ...target };
  for (const name of Object.keys(patch)) {
    const value = patch[name] ?? null;
    if (value === null) delete result[name];
    else setMember(result, name, mergeValue(member(target, name), value));
  }
  return result;
}

function mergeValue(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  return mergeObject(isJsonObject(target) ? target : {}, patch);
}
