/** The comparison functions of text/template: eq, ne, lt, le, gt, ge with Go's rules about types. */
import { compareText } from '../go/compare-text.ts';
import { fn, variadic } from '../go/define-function.ts';
import { goText, sprintf } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import {
  type GoFunction,
  type GoValue,
  isInt,
  isMap,
  isNilSlice,
  isObject,
  kindName,
  NilGoMap,
  sliceItems,
  typeName,
} from '../go/value.ts';

type BasicKind = 'bool' | 'int' | 'float' | 'string' | 'other';

function basicKind(value: GoValue): BasicKind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  return isInt(value) ? 'int' : 'other';
}

function incompatible(a: GoValue, b: GoValue): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

const isNothing = (value: GoValue): boolean => value === undefined || value === null;
const isNil = (value: GoValue): boolean => isNothing(value) || value instanceof NilGoMap || isNilSlice(value);

function equal(a: GoValue, b: GoValue): boolean {
  const kind = basicKind(a);
  if (kind !== basicKind(b)) {
    if (!isNothing(a) && !isNothing(b)) throw incompatible(a, b);
    return false;
  }
  if (kind !== 'other') return isInt(a) && isInt(b) ? a.value === b.value : a === b;
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (kindName(a) !== kindName(b)) {
    const types = `${typeName(a)}, ${typeName(b)}`;
    throw new FunctionError(`non-comparable types ${sprintf('%s', [a])}: ${types}: ${goText(b)}`);
  }
  if (isMap(b) || sliceItems(b) !== undefined) {
    throw new FunctionError(`non-comparable type ${sprintf('%s', [b])}: ${typeName(b)}`);
  }
  return a === b || (isObject(a) && isObject(b) && a.type === b.type && goText(a) === goText(b));
}

function equalsAny(others: readonly GoValue[], first: GoValue): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  return others.some((other) => equal(first, other));
}

function less(a: GoValue, b: GoValue): boolean {
  const kind = basicKind(a);
  const other = basicKind(b);
  if (kind === 'other' || other === 'other') throw new FunctionError('invalid type for comparison');
  if (kind !== other) throw incompatible(a, b);
  if (kind === 'bool') throw new FunctionError('invalid type for comparison');
  if (isInt(a) && isInt(b)) return a.value < b.value;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0;
  return Number(a) < Number(b);
}

const lessOrEqual = (a: GoValue, b: GoValue): boolean => less(a, b) || equal(a, b);

export const compareFunctions: Readonly<Record<string, GoFunction>> = {
  eq: variadic(['value'], 'value', equalsAny),
  ne: fn(['value', 'value'], (a, b) => !equal(a, b)),
  lt: fn(['value', 'value'], less),
  le: fn(['value', 'value'], lessOrEqual),
  gt: fn(['value', 'value'], (a, b) => !lessOrEqual(a, b)),
  ge: fn(['value', 'value'], (a, b) => !less(a, b)),
};
