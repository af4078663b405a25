/** Checks arguments against the types of a function's parameters, and reads literals as those types (Go's exec.go). */
import {
  ANY_MAP,
  ANY_SLICE,
  type GoValue,
  goInt,
  isInt,
  isMap,
  isObject,
  NilGoMap,
  type ParameterType,
  typeName,
} from '../go/value.ts';
import { idealConstant, nodeText, type Operand } from './node.ts';

const TYPE_NAMES: Readonly<Record<ParameterType, string>> = {
  any: 'interface {}',
  value: 'reflect.Value',
  string: 'string',
  bool: 'bool',
  int: 'int',
  int64: 'int64',
  uint32: 'uint32',
  float64: 'float64',
  map: ANY_MAP,
  list: ANY_SLICE,
  time: 'time.Time',
  certificate: 'sprig.certificate',
  byteSlice: '[]uint8',
};

const NILABLE: ReadonlySet<ParameterType> = new Set(['any', 'value', 'map', 'list', 'byteSlice'] as const);

/** Takes the message of what is wrong. */
export type Fail = (message: string) => never;

/** The value as an argument of the type; calls `fail` when it can't be. */
export function checkArgument(value: GoValue, type: ParameterType, fail: Fail): GoValue {
  if (type === 'value') return value;
  if (value === undefined) {
    if (NILABLE.has(type)) return nilOf(type);
    return fail(`invalid value; expected ${TYPE_NAMES[type]}`);
  }
  if (isAssignable(value, type)) return value;
  return fail(
    `wrong type for value; expected ${TYPE_NAMES[type]}; got ${value === null ? 'interface {}' : typeName(value)}`,
  );
}

/** Go's nil of a type that has one. */
function nilOf(type: ParameterType): GoValue {
  if (type === 'value') return undefined;
  if (type === 'map') return new NilGoMap();
  return type === 'list' ? [] : null;
}

function isAssignable(value: GoValue, type: ParameterType): boolean {
  switch (type) {
    case 'any':
    case 'value':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'float64':
      return typeof value === 'number';
    case 'map':
      return isMap(value) && (value.type === ANY_MAP || value.type === 'common.Values');
    case 'list':
      return Array.isArray(value);
    case 'int':
    case 'int64':
    case 'uint32':
      return isInt(value) && value.type === type;
    case 'time':
    case 'certificate':
      return isObject(value) && value.type === TYPE_NAMES[type];
    case 'byteSlice':
      return typeName(value) === '[]uint8';
  }
}

/** A literal as an argument of the type. */
export function literalArgument(node: Operand, type: ParameterType, fail: Fail): GoValue {
  if (node.type === 'nil') {
    return NILABLE.has(type) ? nilOf(type) : fail(`cannot assign nil to ${TYPE_NAMES[type]}`);
  }
  switch (type) {
    case 'any':
    case 'value':
      return literalValue(node);
    case 'string':
      return node.type === 'string' ? node.text : fail(`expected string; found ${nodeText(node)}`);
    case 'bool':
      return node.type === 'bool' ? node.value : fail(`expected bool; found ${nodeText(node)}`);
    case 'float64':
      return node.type === 'number' && node.value.float !== undefined
        ? node.value.float
        : fail(`expected float; found ${nodeText(node)}`);
    case 'int':
    case 'int64':
    case 'uint32':
      return node.type === 'number' && node.value.int !== undefined
        ? goInt(node.value.int, type)
        : fail(`expected integer; found ${nodeText(node)}`);
    default:
      return fail(`can't handle ${nodeText(node)} for arg of type ${TYPE_NAMES[type]}`);
  }
}

/** A literal that stands alone. */
export function literalValue(node: Operand): GoValue {
  if (node.type === 'string') return node.text;
  if (node.type === 'bool') return node.value;
  return node.type === 'number' ? idealConstant(node.value) : null;
}
