/**
 * The JSON patch (RFC 6902) that turns one document into another.
 */

import { deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { member } from './json-tools.ts';

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

/**
 * Add, remove and replace operations with `applyJsonPatch(before, operations)` equal to `after`; empty when equal.
 *
 * Arrays are compared index by index, so an insertion at the front rewrites what follows: right, not minimal.
 * @example createJsonPatch({ a: [1] }, { a: [1, 2] }) // [{ op: 'add', path: '/a/1', value: 2 }]
 */
export function createJsonPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  // Both are decoded JSON documents; their TypeScript types may be KubeObjects.
  diffValue(operations, '', before as JsonValue, after as JsonValue);
  return operations;
}

function diffValue(operations: JsonPatchOperation[], path: string, before: JsonValue, after: JsonValue): void {
  if (isJsonObject(before) && isJsonObject(after)) return diffObject(operations, path, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return diffArray(operations, path, before, after);
  if (!deepEqual(before, after)) operations.push({ op: 'replace', path, value: after });
}

function diffObject(operations: JsonPatchOperation[], path: string, before: JsonObject, after: JsonObject): void {
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) operations.push({ op: 'remove', path: `${path}/${escapeToken(name)}` });
  }
  for (const name of Object.keys(after)) {
    const value = after[name];
    if (value === undefined) continue;
    const place = `${path}/${escapeToken(name)}`;
    const previous = member(before, name);
    if (previous === undefined) operations.push({ op: 'add', path: place, value });
    else diffValue(operations, place, previous, value);
  }
}

function diffArray(operations: JsonPatchOperation[], path: string, before: JsonValue[], after: JsonValue[]): void {
  const shared = Math.min(before.length, after.length);
  for (let index = 0; index < shared; index++) {
    diffValue(operations, `${path}/${index}`, before[index] ?? null, after[index] ?? null);
  }
  // From the end, so that earlier indices keep their meaning.
  for (let index = before.length - 1; index >= shared; index--) {
    operations.push({ op: 'remove', path: `${path}/${index}` });
  }
  for (let index = shared; index < after.length; index++) {
    operations.push({ op: 'add', path: `${path}/${index}`, value: after[index] ?? null });
  }
}

function escapeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
