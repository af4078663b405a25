/**
 * Uniqueness in lists of `x-kubernetes-list-type` set and map: no two elements may be equal, or have equal keys.
 */
import { duplicate, type FieldError, indexPath, isJsonObject } from '@kindred/machinery';
import { canonicalKey } from './canonical-key.ts';
import { childOf, type StructuralSchema } from './structural-schema.ts';

/** Appends a Duplicate error for every element that repeats an earlier one. Atomic lists are never looked at. */
export function listTypeErrors(
  schema: StructuralSchema,
  list: readonly unknown[],
  path: string,
  out: FieldError[],
): void {
  if (schema.listType === 'atomic' || list.length < 2) return;
  const seen = new Set<unknown>();
  list.forEach((element, index) => {
    const identity = schema.listType === 'set' ? element : keysOfElement(schema, element);
    if (identity === undefined) return;
    // A string is its own key; canonical keys of other values never equal one, since those of strings are quoted.
    const key = typeof identity === 'string' ? `"${identity}` : canonicalKey(identity);
    if (seen.has(key)) out.push(duplicate(indexPath(path, index), identity));
    else seen.add(key);
  });
}

/** The key fields of a map-list element; fields that are absent take the default that their schema gives. */
export function keysOfElement(schema: StructuralSchema, element: unknown): Record<string, unknown> | undefined {
  if (!isJsonObject(element)) return undefined;
  const items = schema.items === undefined ? undefined : childOf(schema.items);
  const keys: Record<string, unknown> = {};
  for (const name of schema.listMapKeys) {
    const value = Object.hasOwn(element, name) ? element[name] : items?.source.properties?.[name]?.default;
    if (value !== undefined) keys[name] = value;
  }
  return keys;
}
