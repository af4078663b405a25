/**
 * Types of the Common Expression Language (cel-spec, "Types"), as the checker and the declarations of functions use them.
 */

interface SimpleType {
  readonly kind:
    | 'dyn'
    | 'error'
    | 'any'
    | 'null'
    | 'bool'
    | 'int'
    | 'uint'
    | 'double'
    | 'string'
    | 'bytes'
    | 'timestamp'
    | 'duration';
}

export interface ListType {
  readonly kind: 'list';
  readonly element: Type;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: Type;
  readonly value: Type;
}

/** The type of types; `of` is missing for `type(type)`. */
export interface TypeType {
  readonly kind: 'type';
  readonly of: Type | undefined;
}

/** An object with declared fields, which a provider knows by name. */
export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
}

/** A library's own type; `optional_type` has a parameter. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: string;
  readonly params: readonly Type[];
}

/** A protobuf wrapper: its primitive type, or null. */
export interface WrapperType {
  readonly kind: 'wrapper';
  readonly of: Type;
}

/** A type to be found: a parameter of a function's signature, or one the checker introduced. */
export interface TypeParam {
  readonly kind: 'param';
  readonly name: string;
}

export type Type = SimpleType | ListType | MapType | TypeType | ObjectType | OpaqueType | WrapperType | TypeParam;

export const types = {
  dyn: { kind: 'dyn' },
  error: { kind: 'error' },
  any: { kind: 'any' },
  null: { kind: 'null' },
  bool: { kind: 'bool' },
  int: { kind: 'int' },
  uint: { kind: 'uint' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  bytes: { kind: 'bytes' },
  timestamp: { kind: 'timestamp' },
  duration: { kind: 'duration' },
  /** The first type parameters of a signature. */
  a: { kind: 'param', name: 'A' },
  b: { kind: 'param', name: 'B' },
  list: (element: Type): ListType => ({ kind: 'list', element }),
  map: (key: Type, value: Type): MapType => ({ kind: 'map', key, value }),
  type: (of?: Type): TypeType => ({ kind: 'type', of }),
  object: (name: string): ObjectType => ({ kind: 'object', name }),
  opaque: (name: string, ...params: readonly Type[]): OpaqueType => ({ kind: 'opaque', name, params }),
  optional: (of: Type): OpaqueType => ({ kind: 'opaque', name: 'optional_type', params: [of] }),
  wrapper: (of: Type): WrapperType => ({ kind: 'wrapper', of }),
} as const;

/** The type's text in messages: `list(int)`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'error':
      return '!error!';
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'type':
      return type.of === undefined ? 'type' : `type(${formatType(type.of)})`;
    case 'object':
    case 'param':
      return type.name;
    case 'opaque':
      return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`;
    case 'wrapper':
      return `wrapper(${formatType(type.of)})`;
    default:
      return type.kind;
  }
}

/** True for types that say nothing about the value before it is there. */
export function isDynamic(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'any' || type.kind === 'error';
}

/** The element of an optional type; undefined for every other type. */
export function optionalElement(type: Type): Type | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? (type.params[0] ?? types.dyn) : undefined;
}

export function equalTypes(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'list':
      return b.kind === 'list' && equalTypes(a.element, b.element);
    case 'map':
      return b.kind === 'map' && equalTypes(a.key, b.key) && equalTypes(a.value, b.value);
    case 'type':
      if (b.kind !== 'type' || a.of === undefined || b.of === undefined) return b.kind === 'type' && a.of === b.of;
      return equalTypes(a.of, b.of);
    case 'object':
    case 'param':
      return b.kind === a.kind && a.name === b.name;
    case 'opaque':
      return (
        b.kind === 'opaque' &&
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((param, index) => equalTypes(param, b.params[index] ?? types.error))
      );
    case 'wrapper':
      return b.kind === 'wrapper' && equalTypes(a.of, b.of);
    default:
      return a.kind === b.kind;
  }
}

/** The type with parameters replaced by what is known of them. */
export function substitute(type: Type, lookup: (name: string) => Type | undefined): Type {
  switch (type.kind) {
    case 'param':
      return lookup(type.name) ?? type;
    case 'list':
      return types.list(substitute(type.element, lookup));
    case 'map':
      return types.map(substitute(type.key, lookup), substitute(type.value, lookup));
    case 'type':
      return type.of === undefined ? type : types.type(substitute(type.of, lookup));
    case 'opaque':
      if (type.params.length === 0) return type;
      return types.opaque(type.name, ...type.params.map((param) => substitute(param, lookup)));
    default:
      return type;
  }
}
