/**
 * The functions that every environment has.
 */
import { arithmeticFunctions } from './arithmetic.ts';
import { comparisonFunctions } from './comparison.ts';
import { conversionFunctions } from './conversion.ts';
import type { FunctionDeclaration } from './overload.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

export const standardFunctions: readonly FunctionDeclaration[] = [
  ...comparisonFunctions,
  ...arithmeticFunctions,
  ...conversionFunctions,
  ...textFunctions,
  ...timeFunctions,
];
