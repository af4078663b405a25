/**
 * Values of the Common Expression Language in memory (cel-spec, "Values").
 *
 * What JavaScript has a fitting type for is that type: null, bool, string; int is `bigint`, double is `number`.
 * Everything else is an object with a `kind`. Values are never changed once they are made.
 */

export interface UintValue {
  readonly kind: 'uint';
  readonly value: bigint;
}

export interface Bytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}

/** How a list compares and adds up when it isn't a plain sequence: as a set, or as objects told apart by keys. */
export type ListMerge = { readonly type: 'set' } | { readonly type: 'map'; readonly keys: readonly string[] };

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly merge?: ListMerge;
}

/** A map, or an object with fields (`typeName` is then its type's name). Keys are bool, int, uint or string. */
export interface MapValue {
  readonly kind: 'map';
  readonly typeName?: string;
  readonly size: number;
  get(key: Value): Value | undefined;
  keys(): readonly Value[];
}

/** A moment: nanoseconds since the epoch, from year 1 to 9999. */
export interface Timestamp {
  readonly kind: 'timestamp';
  readonly nanos: bigint;
}

export interface DurationValue {
  readonly kind: 'duration';
  readonly nanos: bigint;
}

export interface TypeValue {
  readonly kind: 'type';
  readonly name: string;
}

export interface OptionalValue {
  readonly kind: 'optional';
  readonly value: Value | undefined;
}

/** A value of a library's own type: a quantity, a URL, an address. Equality is the library's. */
export interface OpaqueValue<T = unknown> {
  readonly kind: 'opaque';
  readonly typeName: string;
  readonly value: T;
  equals(other: OpaqueValue): boolean;
}

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | UintValue
  | Bytes
  | ListValue
  | MapValue
  | Timestamp
  | DurationValue
  | TypeValue
  | OptionalValue
  | OpaqueValue;

/** What went wrong during evaluation. It travels like a value, since `&&`, `||` and `?:` may absorb it. */
export interface ErrorValue {
  readonly kind: 'error';
  readonly message: string;
}

export type Result = Value | ErrorValue;

export function errorValue(message: string): ErrorValue {
  return { kind: 'error', message };
}

export function isError(result: Result): result is ErrorValue {
  return typeof result === 'object' && result !== null && result.kind === 'error';
}

export function uint(value: bigint): UintValue {
  return { kind: 'uint', value };
}

export function bytes(content: Uint8Array): Bytes {
  return { kind: 'bytes', bytes: content };
}

export function list(items: readonly Value[]): ListValue {
  return { kind: 'list', items };
}

export const noneValue: OptionalValue = { kind: 'optional', value: undefined };

export function optionalOf(value: Value): OptionalValue {
  return { kind: 'optional', value };
}

/** The name of a value's type, as `type(x)` and messages give it. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return value === null ? 'null_type' : objectTypeName(value);
  }
}

function objectTypeName(value: Exclude<Value, null | boolean | bigint | number | string>): string {
  switch (value.kind) {
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'optional':
      return 'optional_type';
    case 'opaque':
      return value.typeName;
    case 'map':
      return value.typeName ?? 'map';
    default:
      return value.kind;
  }
}
