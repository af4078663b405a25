/**
 * How large texts may grow. Costs are told by the sizes of operands; a few functions can make much more of them, and the
 * memory must be safe before the result is there.
 */
import { type ErrorValue, errorValue } from '../values/value.ts';

const maxLength = 10_000_000;

/** An error when a text of that many characters would be too long. */
export function lengthProblem(length: number): ErrorValue | undefined {
  return length > maxLength ? errorValue(`the result would be longer than ${maxLength} characters`) : undefined;
}
