/** Sprig's functions about defaults, choice and types. */
import { fn, variadic } from '../go/define-function.ts';
import { ChartMessage } from '../go/function-error.ts';
import { type GoFunction, kindName, typeName } from '../go/value.ts';
import { isEmpty } from './convert.ts';
import { deepEqual } from './deep-equal.ts';

export const defaultFunctions: Readonly<Record<string, GoFunction>> = {
  default: variadic(['any'], 'any', (given, fallback) => (isEmpty(given[0]) ? fallback : given[0])),
  empty: fn(['any'], isEmpty),
  coalesce: variadic([], 'any', (values) => values.find((value) => !isEmpty(value)) ?? null),
  all: variadic([], 'any', (values) => values.every((value) => !isEmpty(value))),
  any: variadic([], 'any', (values) => values.some((value) => !isEmpty(value))),
  ternary: fn(['any', 'any', 'bool'], (yes, no, choice) => (choice ? yes : no)),
  fail: fn(['string'], (message) => {
    throw new ChartMessage(message);
  }),
  required: fn(['string', 'any'], (message, value) => {
    if (value === null || value === undefined || value === '') throw new ChartMessage(message);
    return value;
  }),
  typeOf: fn(['any'], typeName),
  typeIs: fn(['string', 'any'], (type, value) => type === typeName(value)),
  typeIsLike: fn(['string', 'any'], (type, value) => [type, `*${type}`].includes(typeName(value))),
  kindOf: fn(['any'], kindName),
  kindIs: fn(['string', 'any'], (kind, value) => kind === kindName(value)),
  deepEqual: fn(['any', 'any'], deepEqual),
  hello: fn([], () => 'Hello!'),
};
