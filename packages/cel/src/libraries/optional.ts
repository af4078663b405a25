/**
 * Optional values: a value that may not be there (cel-spec, "Optional Values").
 */
import { binary, constantCall, declare, member, params, unary } from '../functions/overload.ts';
import { operators } from '../syntax/ast.ts';
import { types } from '../types/type.ts';
import { errorValue, list, noneValue, optionalOf, type Result, type Value } from '../values/value.ts';
import type { Library } from './library.ts';

const optionalOfA = params.optional(types.a);
const resultOfA = types.optional(types.a);
/** These are evaluated by the planner: their second operand may not be needed. */
const never = (): Result => errorValue('no such overload');

export const optionalLibrary: Library = {
  name: 'optional',
  functions: [
    declare(
      'optional.none',
      constantCall('optional_none', resultOfA, () => noneValue),
    ),
    declare('optional.of', unary('optional_of', params.a, resultOfA, optionalOf)),
    declare(
      'optional.ofNonZeroValue',
      unary('optional_ofNonZeroValue', params.a, resultOfA, (value) => (isZero(value) ? noneValue : optionalOf(value))),
    ),
    declare(
      'optional.unwrap',
      unary('optional_unwrap', params.list(resultOfA), types.list(types.a), ({ items }) => unwrap(items)),
    ),
    declare(
      'unwrapOpt',
      member(unary('optional_unwrapOpt', params.list(resultOfA), types.list(types.a), ({ items }) => unwrap(items))),
    ),
    declare(
      'hasValue',
      member(unary('optional_hasValue', optionalOfA, types.bool, ({ value }) => value !== undefined)),
    ),
    declare(
      'value',
      member(
        unary('optional_value', optionalOfA, types.a, ({ value }) =>
          value === undefined ? errorValue('optional.none() dereference') : value,
        ),
      ),
    ),
    declare('or', member(binary('optional_or_optional', optionalOfA, optionalOfA, resultOfA, never))),
    declare('orValue', member(binary('optional_orValue_value', optionalOfA, params.a, types.a, never))),
    declare(
      operators.optionalIndex,
      binary('list_optindex_optional_int', params.list(types.a), params.int, resultOfA, never),
      binary('optional_list_optindex_optional_int', params.optional(types.list(types.a)), params.int, resultOfA, never),
      binary('map_optindex_optional_value', params.map(types.a, types.b), params.a, types.optional(types.b), never),
      binary(
        'optional_map_optindex_optional_value',
        params.optional(types.map(types.a, types.b)),
        params.a,
        types.optional(types.b),
        never,
      ),
    ),
    declare(
      operators.index,
      binary('optional_list_index_int', params.optional(types.list(types.a)), params.int, resultOfA, never),
      binary(
        'optional_map_index_value',
        params.optional(types.map(types.a, types.b)),
        params.a,
        types.optional(types.b),
        never,
      ),
    ),
  ],
};

function unwrap(items: readonly Value[]): Result {
  return list(
    items.flatMap((item) =>
      typeof item === 'object' && item?.kind === 'optional' && item.value !== undefined ? [item.value] : [],
    ),
  );
}

/** The value that a type has by default: empty, 0, false. */
function isZero(value: Value): boolean {
  if (typeof value === 'string') return value === '';
  if (typeof value === 'bigint') return value === 0n;
  if (typeof value === 'number') return value === 0;
  if (typeof value !== 'object') return !value;
  switch (value?.kind) {
    case undefined:
      return true;
    case 'uint':
      return value.value === 0n;
    case 'bytes':
      return value.bytes.length === 0;
    case 'list':
      return value.items.length === 0;
    case 'map':
      return value.size === 0;
    case 'timestamp':
    case 'duration':
      return value.nanos === 0n;
    case 'optional':
      return value.value === undefined;
    default:
      return false;
  }
}
