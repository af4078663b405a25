/** Keeps account of the members and items that no keyword has looked at (`unevaluatedProperties`, `unevaluatedItems`). */
import { type GoValue, isMap, sliceItems } from '../go/value.ts';
import type { Unevaluated } from './evaluation.ts';
import type { Schema } from './schema.ts';

/** `isAsked`: a schema around this one wants to know. */
export function noteUnevaluated(value: GoValue, schema: Schema, isAsked: boolean): Unevaluated {
  if (!isAsked && schema.unevaluatedProperties === undefined && schema.unevaluatedItems === undefined) {
    return { members: undefined, items: undefined };
  }
  if (isMap(value)) {
    const isWanted = isAsked || schema.unevaluatedProperties !== undefined;
    return { members: isWanted ? new Set(value.keys()) : undefined, items: undefined };
  }
  const items = sliceItems(value);
  if (items === undefined || (!isAsked && schema.unevaluatedItems === undefined)) {
    return { members: undefined, items: undefined };
  }
  const seen = countEvaluated(schema, items.length);
  return { members: undefined, items: new Set(range(seen, items.length)) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** Items that `items` and its relatives look at. */
function countEvaluated(schema: Schema, length: number): number {
  if (schema.items !== undefined) return length;
  return Math.min(schema.tupleItems?.length ?? 0, length);
}

/** What the other evaluation has looked at needn't be looked at here. */
export function mergeUnevaluated(own: Unevaluated, other: Unevaluated): void {
  for (const name of own.members ?? []) if (other.members?.has(name) !== true) own.members?.delete(name);
  for (const index of own.items ?? []) if (other.items?.has(index) !== true) own.items?.delete(index);
}
