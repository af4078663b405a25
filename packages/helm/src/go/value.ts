/**
 * The values that templates work with, typed as Go types them: a number of values.yaml is a float64, a literal an int,
 * `--set n=1` an int64, and they print and compare differently (Go's `reflect` kinds; text/template documentation).
 *
 * Plain things stay plain: float64 is a JS number, string a JS string, []interface{} a JS array. Everything else says
 * its Go type. `undefined` is Go's invalid value (no value at all), `null` an interface that holds nil.
 */

import { FunctionError } from './function-error.ts';

export type GoValue = undefined | null | boolean | number | string | GoInt | GoValue[] | GoMap | GoSlice | GoObject;

/** Any of Go's integer types, with the name of the type: `int`, `int64`, `uint8`, `time.Duration`. */
export interface GoInt {
  readonly go: 'int';
  readonly type: string;
  readonly value: bigint;
}

/** A slice of something other than interface{}, such as []string. */
export interface GoSlice {
  readonly go: 'slice';
  readonly type: string;
  readonly items: GoValue[];
  /** Go's nil slice, which JSON and YAML show as null; it has no items. */
  readonly isNil?: true;
  /** Methods that the type has (`.Capabilities.APIVersions.Has`). */
  readonly methods?: ReadonlyMap<string, GoFunction>;
}

/** A Go type that a parameter has. `value` takes anything, no value at all included, as Go's builtins do. */
export type ParameterType =
  | 'any'
  | 'value'
  | 'string'
  | 'bool'
  | 'int'
  | 'int64'
  | 'uint32'
  | 'float64'
  | 'map'
  | 'list'
  | 'time'
  | 'certificate'
  | 'byteSlice';

/** A function or method that templates can call: what it takes, and what it does. Throws FunctionError. */
export interface GoFunction {
  readonly parameters: readonly ParameterType[];
  /** Type of all further arguments, when it takes any number. */
  readonly rest?: ParameterType;
  /** Gets arguments of the right types. */
  readonly run: (args: readonly GoValue[]) => GoValue;
}

/** A struct, a pointer to one, or a function: whatever has fields and methods. */
export interface GoObject {
  readonly go: 'object';
  readonly type: string;
  readonly kind: 'struct' | 'ptr' | 'func';
  readonly fields: ReadonlyMap<string, GoValue>;
  readonly methods: ReadonlyMap<string, GoFunction>;
  /** What the String method gives. */
  readonly text?: () => string;
  /** What JSON and YAML make of it, when that isn't the fields. */
  readonly json?: () => GoValue;
  /** What JSON and YAML call fields that they call otherwise. */
  readonly jsonNames?: Readonly<Record<string, string>>;
  /** What our own functions keep in it. */
  readonly data?: unknown;
}

export const ANY_MAP = 'map[string]interface {}';
export const ANY_SLICE = '[]interface {}';

/** A map with string keys. A class, because templates change maps in place and share them, as a JS Map is shared. */
export class GoMap extends Map<string, GoValue> {
  /** `map[string]interface {}` unless it says otherwise. */
  readonly type: string;
  /** Methods that the type has beside its keys (`.Files.Get`). */
  readonly methods: ReadonlyMap<string, GoFunction> | undefined;

  constructor(
    entries?: Iterable<readonly [string, GoValue]> | null,
    type = ANY_MAP,
    methods?: ReadonlyMap<string, GoFunction>,
  ) {
    super(entries ?? null);
    this.type = type;
    this.methods = methods;
  }

  // What copies a Map would otherwise make with this constructor are plain ones.
  static override get [Symbol.species](): MapConstructor {
    return Map;
  }
}

/**
 * A map that is nil, which a function gets for an argument without a value: empty, and it can't be written to.
 */
export class NilGoMap extends GoMap {
  override set(): never {
    throw new FunctionError('assignment to entry in nil map');
  }
}

const smallInts: GoInt[] = [];
for (let n = 0; n < 256; n++) smallInts.push({ go: 'int', type: 'int', value: BigInt(n) });

/** A Go int; wraps around at 64 bits. */
export function goInt(value: number | bigint, type = 'int'): GoInt {
  if (type === 'int' && typeof value === 'number') {
    const small = smallInts[value];
    if (small !== undefined) return small;
  }
  return { go: 'int', type, value: BigInt.asIntN(64, BigInt(value)) };
}

export function goInt64(value: number | bigint): GoInt {
  return goInt(value, 'int64');
}

export function goSlice(type: string, items: GoValue[]): GoSlice {
  return { go: 'slice', type, items };
}

/** The slice that a Go variable of such a type holds before anything is appended. */
export function nilSlice(type: string): GoSlice {
  return { go: 'slice', type, items: [], isNil: true };
}

export function isNilSlice(value: GoValue): boolean {
  return typeof value === 'object' && value !== null && 'go' in value && value.go === 'slice' && value.isNil === true;
}

export function stringSlice(items: readonly string[]): GoSlice {
  return goSlice('[]string', [...items]);
}

export function goObject(type: string, parts: Partial<Omit<GoObject, 'go' | 'type'>>): GoObject {
  return { go: 'object', type, kind: 'struct', fields: new Map(), methods: new Map(), ...parts };
}

/** The fields that JSON and YAML show, under the names that they use. */
export function jsonFields({ fields, jsonNames }: GoObject): [string, GoValue][] {
  const exported = [...fields].filter(([name]) => /^\p{Lu}/u.test(name));
  return exported.map(([name, value]) => [jsonNames?.[name] ?? name, value]);
}

export function isInt(value: GoValue): value is GoInt {
  return typeof value === 'object' && value !== null && 'go' in value && value.go === 'int';
}

export function isObject(value: GoValue): value is GoObject {
  return typeof value === 'object' && value !== null && 'go' in value && value.go === 'object';
}

export function isMap(value: GoValue): value is GoMap {
  return value instanceof GoMap;
}

/** The elements of any slice; undefined when it isn't one. */
export function sliceItems(value: GoValue): GoValue[] | undefined {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null && 'go' in value && value.go === 'slice' ? value.items : undefined;
}

/** The name of the type as Go's `%T` gives it; `<nil>` for nil. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case 'undefined':
      return '<nil>';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'string':
      return 'string';
    default:
      if (value === null) return '<nil>';
      return Array.isArray(value) ? ANY_SLICE : value.type;
  }
}

/** Go's `reflect.Kind` of the value. */
export function kindName(value: GoValue): string {
  if (value === undefined || value === null) return 'invalid';
  if (isMap(value)) return 'map';
  if (sliceItems(value) !== undefined) return 'slice';
  if (isObject(value)) return value.kind;
  if (isInt(value)) return value.type === 'time.Duration' ? 'int64' : value.type;
  return typeName(value);
}

/** Go's zero value of the element type of a map or slice type, by the type's name. */
export function zeroElement(type: string): GoValue {
  const element = /^(?:map\[[^\]]*\]|\[\])(.+)$/.exec(type)?.[1];
  if (element === 'string') return '';
  if (element === 'bool') return false;
  if (element === 'int') return goInt(0);
  return element === '[]uint8' ? goSlice('[]uint8', []) : null;
}

/** What text/template's `if` asks: not false, zero, empty or nil. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return Boolean(value) || Number.isNaN(value);
  if (isMap(value)) return value.size > 0;
  if (isInt(value)) return value.value !== 0n;
  if (isObject(value)) return true;
  return (sliceItems(value)?.length ?? 0) > 0;
}
