/**
 * Declarations of functions: names, and for each the overloads with their signatures and what they do.
 *
 * An overload looks at the values it is given before it computes: where types are only known at run time, the first
 * overload that fits is taken. `unary`, `binary` and so on give the implementation values of the declared types.
 */
import { type Type, types } from '../types/type.ts';
import type {
  Bytes,
  DurationValue,
  ListValue,
  MapValue,
  OpaqueValue,
  OptionalValue,
  Result,
  Timestamp,
  TypeValue,
  UintValue,
  Value,
} from '../values/value.ts';

/** A parameter: its type for the checker, and whether a value is of it. */
export interface Param<T extends Value> {
  readonly type: Type;
  is(value: Value): value is T;
}

export interface Overload {
  readonly id: string;
  readonly isMember: boolean;
  /** The target, if there is one, and the arguments. */
  readonly params: readonly Type[];
  readonly result: Type;
  /** The result; undefined when the values aren't of the declared types. Arguments that aren't there are null. */
  readonly call: (a: Value, b: Value, c: Value, d: Value) => Result | undefined;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

export function declare(name: string, ...overloads: readonly Overload[]): FunctionDeclaration {
  return { name, overloads };
}

export function constantCall(id: string, result: Type, call: () => Result): Overload {
  return { id, isMember: false, params: [], result, call };
}

export function unary<A extends Value>(id: string, a: Param<A>, result: Type, call: (a: A) => Result): Overload {
  return { id, isMember: false, params: [a.type], result, call: (x) => (a.is(x) ? call(x) : undefined) };
}

export function binary<A extends Value, B extends Value>(
  id: string,
  a: Param<A>,
  b: Param<B>,
  result: Type,
  call: (a: A, b: B) => Result,
): Overload {
  return {
    id,
    isMember: false,
    params: [a.type, b.type],
    result,
    call: (x, y) => (a.is(x) && b.is(y) ? call(x, y) : undefined),
  };
}

export function ternary<A extends Value, B extends Value, C extends Value>(
  id: string,
  params: readonly [Param<A>, Param<B>, Param<C>],
  result: Type,
  call: (a: A, b: B, c: C) => Result,
): Overload {
  const [a, b, c] = params;
  return {
    id,
    isMember: false,
    params: [a.type, b.type, c.type],
    result,
    call: (x, y, z) => (a.is(x) && b.is(y) && c.is(z) ? call(x, y, z) : undefined),
  };
}

export function quaternary<A extends Value, B extends Value, C extends Value, D extends Value>(
  id: string,
  params: readonly [Param<A>, Param<B>, Param<C>, Param<D>],
  result: Type,
  call: (a: A, b: B, c: C, d: D) => Result,
): Overload {
  const [a, b, c, d] = params;
  return {
    id,
    isMember: false,
    params: params.map(({ type }) => type),
    result,
    call: (w, x, y, z) => (a.is(w) && b.is(x) && c.is(y) && d.is(z) ? call(w, x, y, z) : undefined),
  };
}

/** The same overload, called on its first argument: `a.f(b)`. */
export function member(overload: Overload): Overload {
  return { ...overload, isMember: true };
}

function param<T extends Value>(type: Type, is: (value: Value) => value is T): Param<T> {
  return { type, is };
}

function hasKind(value: Value, kind: string): boolean {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

const isList = (value: Value): value is ListValue => hasKind(value, 'list');
const isMap = (value: Value): value is MapValue => hasKind(value, 'map');
const isOptional = (value: Value): value is OptionalValue => hasKind(value, 'optional');
const isAny = (value: Value): value is Value => value !== undefined;

/** Parameters of every type. */
export const params = {
  bool: param(types.bool, (value): value is boolean => typeof value === 'boolean'),
  int: param(types.int, (value): value is bigint => typeof value === 'bigint'),
  uint: param(types.uint, (value): value is UintValue => hasKind(value, 'uint')),
  double: param(types.double, (value): value is number => typeof value === 'number'),
  string: param(types.string, (value): value is string => typeof value === 'string'),
  bytes: param(types.bytes, (value): value is Bytes => hasKind(value, 'bytes')),
  null: param(types.null, (value): value is null => value === null),
  timestamp: param(types.timestamp, (value): value is Timestamp => hasKind(value, 'timestamp')),
  duration: param(types.duration, (value): value is DurationValue => hasKind(value, 'duration')),
  type: param(types.type(types.a), (value): value is TypeValue => hasKind(value, 'type')),
  dyn: param(types.dyn, isAny),
  a: param(types.a, isAny),
  b: param(types.b, isAny),
  list: (element: Type) => param(types.list(element), isList),
  map: (key: Type, value: Type) => param(types.map(key, value), isMap),
  optional: (of: Type) => param(types.optional(of), isOptional),
  /** A library's own type; `is` tells its values. */
  opaque: <T>(name: string) =>
    param(
      types.opaque(name),
      // The library that gives a type its name makes all values of it, so the name tells what is inside.
      (value): value is OpaqueValue<T> => hasKind(value, 'opaque') && (value as OpaqueValue).typeName === name,
    ),
};
