/**
 * `+ - * / %` and unary minus: on int, uint and double, with errors where 64 bits don't suffice; on strings, bytes,
 * lists, timestamps and durations (cel-spec, "Standard Definitions").
 */
import { operators } from '../syntax/ast.ts';
import { types } from '../types/type.ts';
import { elementKey } from '../values/equality.ts';
import { durationOf, timestampOf } from '../values/time.ts';
import {
  bytes,
  type ErrorValue,
  errorValue,
  type ListValue,
  list,
  type Result,
  type UintValue,
  uint,
  type Value,
} from '../values/value.ts';
import { binary, declare, type FunctionDeclaration, type Overload, params, unary } from './overload.ts';
import { lengthProblem } from './result-limit.ts';

const { int, uint: uintParam, double, string, bytes: bytesParam, timestamp, duration } = params;
const listOfA = params.list(types.a);

const minInt = -(2n ** 63n);
export const maxInt = 2n ** 63n - 1n;
export const maxUint = 2n ** 64n - 1n;

/** The value if it is an int. */
export function checkedInt(value: bigint): bigint | ErrorValue {
  return value < minInt || value > maxInt ? errorValue('integer overflow') : value;
}

/** The value if it is a uint. */
export function checkedUint(value: bigint): UintValue | ErrorValue {
  return value < 0n || value > maxUint ? errorValue('unsigned integer overflow') : uint(value);
}

function ints(id: string, call: (a: bigint, b: bigint) => bigint): Overload {
  return binary(id, int, int, types.int, (a, b) => checkedInt(call(a, b)));
}

function uints(id: string, call: (a: bigint, b: bigint) => bigint): Overload {
  return binary(id, uintParam, uintParam, types.uint, (a, b) => checkedUint(call(a.value, b.value)));
}

function doubles(id: string, call: (a: number, b: number) => number): Overload {
  return binary(id, double, double, types.double, call);
}

function divisions(id: string, message: string, call: (a: bigint, b: bigint) => bigint): readonly Overload[] {
  return [
    binary(`${id}_int64`, int, int, types.int, (a, b) => (b === 0n ? errorValue(message) : checkedInt(call(a, b)))),
    binary(`${id}_uint64`, uintParam, uintParam, types.uint, (a, b) =>
      b.value === 0n ? errorValue(message) : uint(call(a.value, b.value)),
    ),
  ];
}

export const arithmeticFunctions: readonly FunctionDeclaration[] = [
  declare(
    operators.add,
    binary('add_bytes', bytesParam, bytesParam, types.bytes, (a, b) => bytes(Buffer.concat([a.bytes, b.bytes]))),
    doubles('add_double', (a, b) => a + b),
    binary('add_duration_duration', duration, duration, types.duration, (a, b) => durationOf(a.nanos + b.nanos)),
    binary('add_duration_timestamp', duration, timestamp, types.timestamp, (a, b) => timestampOf(a.nanos + b.nanos)),
    binary('add_timestamp_duration', timestamp, duration, types.timestamp, (a, b) => timestampOf(a.nanos + b.nanos)),
    ints('add_int64', (a, b) => a + b),
    binary('add_list', listOfA, listOfA, types.list(types.a), joinLists),
    binary('add_string', string, string, types.string, (a, b) => lengthProblem(a.length + b.length) ?? a + b),
    uints('add_uint64', (a, b) => a + b),
  ),
  declare(
    operators.subtract,
    doubles('subtract_double', (a, b) => a - b),
    binary('subtract_duration_duration', duration, duration, types.duration, (a, b) => durationOf(a.nanos - b.nanos)),
    ints('subtract_int64', (a, b) => a - b),
    binary('subtract_timestamp_duration', timestamp, duration, types.timestamp, (a, b) =>
      timestampOf(a.nanos - b.nanos),
    ),
    binary('subtract_timestamp_timestamp', timestamp, timestamp, types.duration, (a, b) =>
      durationOf(a.nanos - b.nanos),
    ),
    uints('subtract_uint64', (a, b) => a - b),
  ),
  declare(
    operators.multiply,
    doubles('multiply_double', (a, b) => a * b),
    ints('multiply_int64', (a, b) => a * b),
    uints('multiply_uint64', (a, b) => a * b),
  ),
  declare(
    operators.divide,
    doubles('divide_double', (a, b) => a / b),
    ...divisions('divide', 'division by zero', (a, b) => a / b),
  ),
  declare(operators.modulo, ...divisions('modulo', 'modulus by zero', (a, b) => a % b)),
  declare(
    operators.negate,
    unary('negate_double', double, types.double, (a) => -a),
    unary('negate_int64', int, types.int, (a) => checkedInt(-a)),
  ),
];

/** Lists of type set or map merge: what the first has keeps its place, new elements come behind. */
function joinLists(a: ListValue, b: ListValue): Result {
  const { merge } = a;
  if (merge === undefined) return list([...a.items, ...b.items]);
  const byKey = new Map<string, Value>();
  for (const item of [...a.items, ...b.items]) byKey.set(elementKey(item, merge), item);
  return { kind: 'list', items: [...byKey.values()], merge };
}
