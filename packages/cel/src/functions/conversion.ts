/**
 * Conversions between types: `int(x)`, `string(x)`, `timestamp(x)` and so on, `dyn(x)`, `type(x)` (cel-spec, "Type
 * Conversions"). What doesn't fit is an error, never cut off.
 */
import { type Type, types } from '../types/type.ts';
import { formatDouble } from '../values/number-text.ts';
import {
  formatDurationText,
  formatTimestamp,
  nanosPerSecond,
  parseDurationText,
  parseTimestamp,
  timestampOf,
} from '../values/time.ts';
import { typeValueOf } from '../values/type-value.ts';
import { type Bytes, bytes, type ErrorValue, errorValue, type Result, type Value } from '../values/value.ts';
import { checkedInt, checkedUint } from './arithmetic.ts';
import { declare, type FunctionDeclaration, type Param, params, unary } from './overload.ts';

const { bool, int, uint: uintParam, double, string, bytes: bytesParam, timestamp, duration } = params;

function identity(id: string, param: Param<Value>, type: Type) {
  return unary(id, param, type, (value) => value);
}

function noConversion(value: string, to: string): ErrorValue {
  return errorValue(`type conversion error from 'string' to '${to}': ${JSON.stringify(value.slice(0, 100))}`);
}

export const conversionFunctions: readonly FunctionDeclaration[] = [
  declare('bool', identity('bool_to_bool', bool, types.bool), unary('string_to_bool', string, types.bool, parseBool)),
  declare(
    'bytes',
    identity('bytes_to_bytes', bytesParam, types.bytes),
    unary('string_to_bytes', string, types.bytes, (text) => bytes(Buffer.from(text, 'utf8'))),
  ),
  declare(
    'double',
    identity('double_to_double', double, types.double),
    unary('int64_to_double', int, types.double, Number),
    unary('string_to_double', string, types.double, parseDouble),
    unary('uint64_to_double', uintParam, types.double, ({ value }) => Number(value)),
  ),
  declare(
    'duration',
    identity('duration_to_duration', duration, types.duration),
    unary('int64_to_duration', int, types.duration, (nanos) => ({ kind: 'duration', nanos })),
    unary(
      'string_to_duration',
      string,
      types.duration,
      (text) => parseDurationText(text) ?? noConversion(text, 'google.protobuf.Duration'),
    ),
  ),
  declare(
    'dyn',
    unary('to_dyn', params.a, types.dyn, (value) => value),
  ),
  declare(
    'int',
    identity('int64_to_int64', int, types.int),
    unary('double_to_int64', double, types.int, doubleToInt),
    unary('duration_to_int64', duration, types.int, ({ nanos }) => nanos),
    unary('string_to_int64', string, types.int, (text) =>
      /^[+-]?\d{1,40}$/.test(text) ? checkedInt(BigInt(text.replace('+', ''))) : noConversion(text, 'int'),
    ),
    unary('timestamp_to_int64', timestamp, types.int, ({ nanos }) => floorDivide(nanos, nanosPerSecond)),
    unary('uint64_to_int64', uintParam, types.int, ({ value }) => checkedInt(value)),
  ),
  declare(
    'string',
    identity('string_to_string', string, types.string),
    unary('bool_to_string', bool, types.string, String),
    unary('bytes_to_string', bytesParam, types.string, bytesToString),
    unary('double_to_string', double, types.string, formatDouble),
    unary('duration_to_string', duration, types.string, formatDurationText),
    unary('int64_to_string', int, types.string, String),
    unary('timestamp_to_string', timestamp, types.string, formatTimestamp),
    unary('uint64_to_string', uintParam, types.string, ({ value }) => String(value)),
  ),
  declare(
    'timestamp',
    identity('timestamp_to_timestamp', timestamp, types.timestamp),
    unary('int64_to_timestamp', int, types.timestamp, (seconds) => timestampOf(seconds * nanosPerSecond)),
    unary(
      'string_to_timestamp',
      string,
      types.timestamp,
      (text) => parseTimestamp(text) ?? noConversion(text, 'google.protobuf.Timestamp'),
    ),
  ),
  declare('type', unary('type', params.a, types.type(types.a), typeValueOf)),
  declare(
    'uint',
    identity('uint64_to_uint64', uintParam, types.uint),
    unary('double_to_uint64', double, types.uint, doubleToUint),
    unary('int64_to_uint64', int, types.uint, checkedUint),
    unary('string_to_uint64', string, types.uint, (text) =>
      /^\d{1,40}$/.test(text) ? checkedUint(BigInt(text)) : noConversion(text, 'uint'),
    ),
  ),
];

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

function parseBool(text: string): Result {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return noConversion(text, 'bool');
}

function parseDouble(text: string): Result {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : noConversion(text, 'double');
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special === null) return noConversion(text, 'double');
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The ends of the range are no doubles, so what comes near them is refused. */
function doubleToInt(value: number): Result {
  if (!(value > -(2 ** 63) && value < 2 ** 63)) return errorValue('integer overflow');
  return BigInt(Math.trunc(value));
}

function doubleToUint(value: number): Result {
  if (!(value >= 0 && value < 2 ** 64)) return errorValue('unsigned integer overflow');
  return checkedUint(BigInt(Math.trunc(value)));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function bytesToString({ bytes: content }: Bytes): Result {
  try {
    return utf8.decode(content);
  } catch (error) {
    if (error instanceof TypeError) return errorValue('invalid UTF-8 in bytes, cannot convert to string');
    throw error;
  }
}
