/** The keywords for arrays. */
import type { GoValue } from '../go/value.ts';
import { add, type Evaluation, fail } from './evaluation.ts';
import type { Failure } from './failure.ts';
import { jsonKey } from './json-value.ts';
import { grouped } from './number-words.ts';
import type { Schema } from './schema.ts';

export function checkArray(evaluation: Evaluation, items: readonly GoValue[]): void {
  const { schema } = evaluation;
  const { length } = items;
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && length < minItems)
    fail(evaluation, () => `minItems: got ${grouped(length)}, want ${grouped(minItems)}`);
  if (maxItems !== undefined && length > maxItems)
    fail(evaluation, () => `maxItems: got ${grouped(length)}, want ${grouped(maxItems)}`);
  if (schema.uniqueItems === true) checkUnique(evaluation, items);
  checkItems(evaluation, items);
  if (schema.contains !== undefined) checkContains(evaluation, items, schema.contains);
}

function checkUnique(evaluation: Evaluation, items: readonly GoValue[]): void {
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = jsonKey(item);
    const first = seen.get(key);
    if (first !== undefined) {
      fail(evaluation, () => `items at ${grouped(first)} and ${grouped(index)} are equal`);
      return;
    }
    seen.set(key, index);
  }
}

function checkItems(evaluation: Evaluation, items: readonly GoValue[]): void {
  const { schema, run } = evaluation;
  const tuple = schema.tupleItems ?? [];
  const own = Math.min(tuple.length, items.length);
  const rest = schema.items;
  if (rest === false && items.length > own) {
    fail(evaluation, () => `last ${grouped(items.length - own)} additionalItem(s) not allowed`);
  }
  for (const [index, item] of items.entries()) {
    const each = index < own ? tuple[index] : typeof rest === 'boolean' ? undefined : rest;
    if (each !== undefined) add(evaluation, run.inside(evaluation, each, item, String(index)));
  }
}

function checkContains(evaluation: Evaluation, items: readonly GoValue[], wanted: Schema): void {
  const { schema, run, unevaluated } = evaluation;
  const failures: Failure[] = [];
  const matched: number[] = [];
  for (const [index, item] of items.entries()) {
    const found = run.inside(evaluation, wanted, item, String(index));
    if (found !== undefined) failures.push(found);
    else {
      matched.push(index);
      if (schema.version >= 2020) unevaluated.items?.delete(index);
    }
  }
  const { minContains, maxContains } = schema;
  if (minContains === undefined) {
    if (matched.length === 0) fail(evaluation, () => 'no items match contains schema', failures);
  } else if (matched.length < minContains) {
    fail(
      evaluation,
      () => `min ${grouped(minContains)} items required to match contains schema, but ${among(matched)}`,
      failures,
    );
  }
  if (maxContains !== undefined && matched.length > maxContains) {
    fail(
      evaluation,
      () => `max ${grouped(maxContains)} items required to match contains schema, but ${among(matched)}`,
    );
  }
}

function among(matched: readonly number[]): string {
  return matched.length === 0 ? 'none matched' : `matched ${grouped(matched.length)} items at ${matched.join(' ')}`;
}
