/**
 * Path elements of FieldsV1: how one step from a container to what is inside is written.
 *
 * `f:name` is a field of a map, `k:{"name":"x"}` an element of a keyed list, `v:"x"` an element of a set, `i:0` an
 * element by index, `.` the container itself. Format and order are those of structured-merge-diff's fieldpath.
 */

import { encodeJsonText } from '../../codec/json.ts';
import { deepEqual } from '../../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../object/json.ts';
import { member } from '../json-tools.ts';
import type { ListSchema } from '../merge-schema.ts';

/** The key that says that a field with owned children is owned itself, too. */
export const SELF = '.';

/** Elements that were made last: a property is found much faster by a string that has been one before. */
const knownElements = new Map<string, string>();
const maxKnownElements = 4096;
const maxKnownLength = 64;

/** The element of a field of a map. */
export function fieldElement(name: string): string {
  const known = knownElements.get(name);
  if (known !== undefined) return known;
  const element = `f:${name}`;
  if (name.length > maxKnownLength) return element;
  if (knownElements.size >= maxKnownElements) knownElements.clear();
  knownElements.set(name, element);
  return element;
}

/** The name in an `f:` element; undefined for any other element. */
export function fieldNameOf(element: string): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/**
 * The element of a list item, as the schema tells items apart; undefined when the item has no value to tell it by.
 * Keys that are left out take the schema's defaults; keys without a default are left out of the element.
 */
export function listElement(schema: ListSchema, item: unknown): string | undefined {
  if (schema.listType === 'set') return setElement(item);
  if (!isJsonObject(item)) return undefined;
  const [only, ...others] = schema.keys;
  if (only !== undefined && others.length === 0) {
    const value = member(item, only) ?? schema.keyDefaults[only];
    return value === undefined ? undefined : `k:{${JSON.stringify(only)}:${encodeJsonText(value)}}`;
  }
  const parts: string[] = [];
  for (const key of schema.keys.toSorted()) {
    const value = member(item, key) ?? schema.keyDefaults[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${encodeJsonText(value)}`);
  }
  return parts.length === 0 ? undefined : `k:{${parts.join(',')}}`;
}

function setElement(item: unknown): string | undefined {
  return item === null || item === undefined || typeof item === 'object' ? undefined : `v:${encodeJsonText(item)}`;
}

/** Orders elements as FieldsV1 lists them: itself, fields, keys, values, indices; each kind by its own order. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = a.charAt(0);
  if (kind !== b.charAt(0)) return rankOf(a) - rankOf(b);
  if (kind === 'f') return a < b ? -1 : 1;
  return compareValues(parsePayload(a), parsePayload(b));
}

function rankOf(element: string): number {
  return '.fkvi'.indexOf(element.charAt(0));
}

function parsePayload(element: string): JsonValue {
  // Elements are made here or have passed canonicalElement, so the payload is JSON.
  return JSON.parse(element.slice(2)) as JsonValue;
}

function compareValues(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a === b ? 0 : 1;
  if (isJsonObject(a) && isJsonObject(b)) return compareKeys(a, b);
  const rank = valueRank(a) - valueRank(b);
  if (rank !== 0) return rank;
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left === right ? 0 : 1;
}

function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = Object.keys(a);
  const right = Object.keys(b);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [leftName, rightName] = [left[index] ?? '', right[index] ?? ''];
    if (leftName !== rightName) return leftName < rightName ? -1 : 1;
    const order = compareValues(a[leftName], b[rightName]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function valueRank(value: JsonValue | undefined): number {
  return ['number', 'string', 'boolean', 'object', 'undefined'].indexOf(typeof value);
}

/**
 * An element as this package writes it: key names sorted, no spaces. Undefined for elements of an unknown kind, which
 * a reader has to skip.
 *
 * @throws SyntaxError when the payload is not JSON or not of the element's kind.
 */
export function canonicalElement(element: string): string | undefined {
  switch (element.slice(0, 2)) {
    case 'f:':
      return element;
    case 'k:':
      return `k:${sortedKeyText(JSON.parse(element.slice(2)))}`;
    case 'v:':
      return `v:${JSON.stringify(JSON.parse(element.slice(2)))}`;
    case 'i:':
      if (!/^i:\d+$/.test(element)) throw new SyntaxError(`not an index: ${element}`);
      return element;
    default:
      return undefined;
  }
}

function sortedKeyText(keys: unknown): string {
  if (!isJsonObject(keys)) throw new SyntaxError('the key of a list element must be an object');
  const parts = Object.keys(keys)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(keys[name])}`);
  return `{${parts.join(',')}}`;
}

/** The element as conflict messages show it: `.name`, `[name="x"]`, `[="x"]`, `[0]`. */
export function formatElement(element: string): string {
  if (element.startsWith('f:')) return `.${element.slice(2)}`;
  if (element.startsWith('i:')) return `[${element.slice(2)}]`;
  const payload = parsePayload(element);
  if (element.startsWith('v:')) return `[=${JSON.stringify(payload)}]`;
  const keys = isJsonObject(payload) ? payload : {};
  return `[${Object.keys(keys)
    .map((name) => `${name}=${JSON.stringify(keys[name])}`)
    .join(',')}]`;
}

/** The elements of a list's items in order; undefined when one cannot be told from others. */
export function listElements(schema: ListSchema, items: readonly unknown[]): string[] | undefined {
  const elements: string[] = [];
  for (const item of items) {
    const element = listElement(schema, item);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

/** True when both lists hold equal items in the same order. */
export function equalItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => deepEqual(item, b[index]));
}
