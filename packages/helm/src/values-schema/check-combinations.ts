/** `not`, `allOf`, `anyOf`, `oneOf`, `if`. */
import { add, type Evaluation, fail } from './evaluation.ts';
import type { Failure } from './failure.ts';

export function checkCombinations(evaluation: Evaluation): void {
  const { schema, run } = evaluation;
  if (schema.not !== undefined && run.same(evaluation, schema.not, { quiet: true }) === undefined) {
    fail(evaluation, () => "'not' failed");
  }
  checkAll(evaluation);
  checkAny(evaluation);
  checkOne(evaluation);
  if (schema.if === undefined) return;
  const isMet = run.same(evaluation, schema.if, { quiet: true }) === undefined;
  const next = isMet ? schema.then : schema.else;
  if (next !== undefined) add(evaluation, run.same(evaluation, next));
}

function checkAll(evaluation: Evaluation): void {
  const failures: Failure[] = [];
  for (const each of evaluation.schema.allOf ?? []) {
    const found = evaluation.run.same(evaluation, each);
    if (found !== undefined) failures.push(found);
    if (failures.length > 0 && evaluation.quiet) break;
  }
  if (failures.length > 0) fail(evaluation, () => "'allOf' failed", failures);
}

function checkAny(evaluation: Evaluation): void {
  const choices = evaluation.schema.anyOf ?? [];
  if (choices.length === 0) return;
  const { members, items } = evaluation.unevaluated;
  const failures: Failure[] = [];
  let isMatched = false;
  for (const each of choices) {
    const found = evaluation.run.same(evaluation, each);
    if (found !== undefined) {
      failures.push(found);
      continue;
    }
    isMatched = true;
    // Where somebody asks what is unevaluated, all that match count.
    if ((members?.size ?? 0) === 0 && (items?.size ?? 0) === 0) break;
  }
  if (!isMatched) fail(evaluation, () => "'anyOf' failed", failures);
}

function checkOne(evaluation: Evaluation): void {
  const choices = evaluation.schema.oneOf ?? [];
  if (choices.length === 0) return;
  const failures: Failure[] = [];
  let matched = -1;
  for (const [index, each] of choices.entries()) {
    const found = evaluation.run.same(evaluation, each, { quiet: matched >= 0 });
    if (found !== undefined) {
      if (matched < 0) failures.push(found);
    } else if (matched >= 0) {
      const first = matched;
      fail(evaluation, () => `'oneOf' failed, subschemas ${first}, ${index} matched`);
      return;
    } else matched = index;
  }
  if (matched < 0) fail(evaluation, () => "'oneOf' failed, none matched", failures);
}
