/**
 * The directives of strategic merge patch: members of a patch that say how to merge instead of what.
 *
 * `$patch` and `$retainKeys` concern the map that they are in, `$setElementOrder/F` and `$deleteFromPrimitiveList/F`
 * the list F beside them (api-conventions: strategic merge patch).
 */
import { encodeJsonText } from '../codec/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { PatchError } from './patch-error.ts';

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const SET_ELEMENT_ORDER = '$setElementOrder';
export const DELETE_FROM_PRIMITIVE_LIST = '$deleteFromPrimitiveList';

/** A patch of one map, with its directives set apart. */
export interface PatchParts {
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly directive: JsonValue | undefined;
  readonly retainKeys: JsonValue | undefined;
  /** By the name of the list. */
  readonly elementOrders: ReadonlyMap<string, JsonValue[]>;
  readonly deletions: ReadonlyMap<string, JsonValue[]>;
}

/** @throws PatchError BadRequest for a directive that has not the form it must have. */
export function partsOfPatch(patch: JsonObject): PatchParts {
  const values = new Map<string, JsonValue>();
  const elementOrders = new Map<string, JsonValue[]>();
  const deletions = new Map<string, JsonValue[]>();
  for (const name of Object.keys(patch)) {
    const value = patch[name] ?? null;
    if (name === PATCH || name === RETAIN_KEYS) continue;
    if (name.startsWith(SET_ELEMENT_ORDER)) {
      elementOrders.set(listName(name, SET_ELEMENT_ORDER), listOf(name, value));
    } else if (name.startsWith(DELETE_FROM_PRIMITIVE_LIST)) {
      deletions.set(listName(name, DELETE_FROM_PRIMITIVE_LIST), listOf(name, value));
    } else {
      values.set(name, value);
    }
  }
  return { values, directive: patch[PATCH], retainKeys: patch[RETAIN_KEYS], elementOrders, deletions };
}

function listName(directive: string, prefix: string): string {
  if (directive.charAt(prefix.length) === '/') return directive.slice(prefix.length + 1);
  throw badFormat(directive);
}

function listOf(directive: string, value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  throw badFormat(directive);
}

function badFormat(directive: string): PatchError {
  const what = directive.startsWith(SET_ELEMENT_ORDER) ? 'setElementOrder' : 'primitive';
  return new PatchError('BadRequest', `invalid patch format of ${what} list`);
}

/**
 * A part of a patch as it becomes part of an object that had nothing there: without directives, nulls, and list
 * elements that only ask for a deletion.
 */
export function withoutDirectives(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.filter((item) => !isSpecialElement(item)).map(withoutDirectives);
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  if (value[PATCH] === 'delete') return result;
  for (const name of Object.keys(value)) {
    const inner = value[name] ?? null;
    if (inner !== null && !isDirective(name)) setMember(result, name, withoutDirectives(inner));
  }
  return result;
}

/** True for an element that is about the list and not of it: `{$patch: delete, name: x}`, `{$patch: replace}`. */
function isSpecialElement(item: JsonValue): boolean {
  return isJsonObject(item) && (item[PATCH] === 'delete' || item[PATCH] === 'replace');
}

function isDirective(name: string): boolean {
  return (
    name === PATCH ||
    name === RETAIN_KEYS ||
    name.startsWith(`${SET_ELEMENT_ORDER}/`) ||
    name.startsWith(`${DELETE_FROM_PRIMITIVE_LIST}/`)
  );
}

/** @throws PatchError for `$patch` values that mean nothing. */
export function unknownDirective(directive: JsonValue, where: JsonObject): PatchError {
  const text = typeof directive === 'string' ? directive : encodeJsonText(directive);
  return new PatchError('Invalid', `unknown patch type: ${text} in map: ${encodeJsonText(where)}`);
}
