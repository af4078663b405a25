/** The keywords for texts and numbers. */
import type { GoValue } from '../go/value.ts';
import { compareDecimals, type Decimal, isMultipleOf, toNumber } from './decimal.ts';
import { type Evaluation, fail } from './evaluation.ts';
import { decimalOf, quoted } from './json-value.ts';
import { grouped, numberWords } from './number-words.ts';

/** Lengths count characters, not UTF-16 units. */
export function checkString(evaluation: Evaluation, text: string): void {
  const { minLength, maxLength, pattern } = evaluation.schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : countCharacters(text);
  if (minLength !== undefined && length < minLength)
    fail(evaluation, () => `minLength: got ${grouped(length)}, want ${grouped(minLength)}`);
  if (maxLength !== undefined && length > maxLength)
    fail(evaluation, () => `maxLength: got ${grouped(length)}, want ${grouped(maxLength)}`);
  if (pattern === undefined || pattern.matches(text)) return;
  fail(evaluation, () => `${quoted(text)} does not match pattern ${quoted(pattern.source)}`);
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

export function checkNumber(evaluation: Evaluation, value: GoValue): void {
  const number = decimalOf(value);
  if (number === undefined) return;
  const { schema } = evaluation;
  const check = (name: string, wanted: Decimal | undefined, isMet: (wanted: Decimal) => boolean): void => {
    if (wanted === undefined || isMet(wanted)) return;
    fail(evaluation, () => `${name}: got ${shown(number)}, want ${shown(wanted)}`);
  };
  check('minimum', schema.minimum, (wanted) => compareDecimals(number, wanted) >= 0);
  check('maximum', schema.maximum, (wanted) => compareDecimals(number, wanted) <= 0);
  check('exclusiveMinimum', schema.exclusiveMinimum, (wanted) => compareDecimals(number, wanted) > 0);
  check('exclusiveMaximum', schema.exclusiveMaximum, (wanted) => compareDecimals(number, wanted) < 0);
  check('multipleOf', schema.multipleOf, (wanted) => isMultipleOf(number, wanted));
}

function shown(number: Decimal): string {
  return numberWords(toNumber(number));
}
