/**
 * `== != < <= > >= in` and what `!`, `&&`, `||`, `?:` and indexing declare. Numbers of different types compare by
 * value (cel-spec, "Ordering Operators").
 *
 * The last four are evaluated by the planner itself, since not all of their operands always are; only their signatures
 * stand here.
 */
import { operators } from '../syntax/ast.ts';
import { types } from '../types/type.ts';
import { compareNumbers, equalValues, numberOf } from '../values/equality.ts';
import { mapKeyOf } from '../values/map-value.ts';
import { errorValue, type ListValue, type MapValue, type Result, type Value } from '../values/value.ts';
import {
  binary,
  declare,
  type FunctionDeclaration,
  type Overload,
  type Param,
  params,
  ternary,
  unary,
} from './overload.ts';

/** Negative, zero or positive; NaN or undefined when the values have no order. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined;
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    return right === undefined ? undefined : compareNumbers(left, right);
  }
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return undefined;
  if (a.kind === 'bytes' && b.kind === 'bytes') return Buffer.compare(a.bytes, b.bytes);
  if ((a.kind === 'timestamp' && b.kind === 'timestamp') || (a.kind === 'duration' && b.kind === 'duration')) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }
  return undefined;
}

/** By code points, which is the order of the bytes in UTF-8. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const isPlain = !/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b);
  if (isPlain) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const ordered: readonly (readonly [string, Param<Value>])[] = [
  ['bool', params.bool],
  ['int64', params.int],
  ['uint64', params.uint],
  ['double', params.double],
  ['string', params.string],
  ['bytes', params.bytes],
  ['timestamp', params.timestamp],
  ['duration', params.duration],
];
const numeric = ordered.slice(1, 4);

function relation(name: string, id: string, holds: (order: number) => boolean): FunctionDeclaration {
  // NaN is in no order with anything.
  const compare = (a: Value, b: Value): Result => {
    const order = compareValues(a, b);
    return order !== undefined && holds(order);
  };
  const own = ordered.map(([type, param]) => binary(`${id}_${type}`, param, param, types.bool, compare));
  const mixed = numeric.flatMap(([left, a]) =>
    numeric.flatMap(([right, b]): Overload[] =>
      left === right ? [] : [binary(`${id}_${left}_${right}`, a, b, types.bool, compare)],
    ),
  );
  return declare(name, ...own, ...mixed);
}

const never = (): Result => errorValue('no such overload');
const listOfA = params.list(types.a);
const mapOfAB = params.map(types.a, types.b);

export const comparisonFunctions: readonly FunctionDeclaration[] = [
  declare(operators.equals, binary('equals', params.a, params.a, types.bool, equalValues)),
  declare(
    operators.notEquals,
    binary('not_equals', params.a, params.a, types.bool, (a, b) => !equalValues(a, b)),
  ),
  relation(operators.less, 'less', (order) => order < 0),
  relation(operators.lessEquals, 'less_equals', (order) => order <= 0),
  relation(operators.greater, 'greater', (order) => order > 0),
  relation(operators.greaterEquals, 'greater_equals', (order) => order >= 0),
  declare(
    operators.in,
    binary('in_list', params.a, listOfA, types.bool, (value, list) =>
      list.items.some((item) => equalValues(item, value)),
    ),
    binary('in_map', params.a, params.map(types.a, types.b), types.bool, (key, map) => map.get(key) !== undefined),
  ),
  declare(
    operators.not,
    unary('logical_not', params.bool, types.bool, (value) => !value),
  ),
  declare(operators.and, binary('logical_and', params.bool, params.bool, types.bool, never)),
  declare(operators.or, binary('logical_or', params.bool, params.bool, types.bool, never)),
  declare(operators.conditional, ternary('conditional', [params.bool, params.a, params.a], types.a, never)),
  declare(operators.notStrictlyFalse, unary('not_strictly_false', params.bool, types.bool, never)),
  declare(
    operators.index,
    binary('index_list', listOfA, params.int, types.a, never),
    binary('index_map', mapOfAB, params.a, types.b, never),
  ),
];

/** `list[index]` and `map[key]`. */
export function indexValue(operand: Value, index: Value): Result {
  const found = lookUp(operand, index);
  if (found !== undefined) return found;
  if (typeof operand === 'object' && operand?.kind === 'list')
    return errorValue(`index out of bounds: ${keyText(index)}`);
  return errorValue(`no such key: ${keyText(index)}`);
}

/** The element, an error when there can't be one, undefined when there is none. */
export function lookUp(operand: Value, index: Value): Result | undefined {
  if (typeof operand === 'object' && operand !== null) {
    if (operand.kind === 'list') return elementAt(operand, index);
    if (operand.kind === 'map') return entryOf(operand, index);
  }
  return errorValue('no such overload');
}

function elementAt({ items }: ListValue, index: Value): Result | undefined {
  const at = numberOf(index);
  if (at === undefined) return errorValue('no such overload');
  if (typeof at === 'number' && !Number.isInteger(at)) return errorValue('unsupported index value');
  return items[Number(at)];
}

function entryOf(map: MapValue, key: Value): Result | undefined {
  if (mapKeyOf(key) === undefined && typeof key !== 'number') return errorValue(`unsupported key type`);
  return map.get(key);
}

function keyText(key: Value): string {
  if (typeof key === 'object' && key?.kind === 'uint') return key.value.toString();
  return typeof key === 'object' ? '' : String(key);
}
