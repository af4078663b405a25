/**
 * Values and types as cel-spec's cases have them: the JSON form of `cel.expr.Value` and `cel.expr.Type`.
 */
import type { FunctionDeclaration, Overload } from './functions/overload.ts';
import { type Type, types } from './types/type.ts';
import { equalValues } from './values/equality.ts';
import { mapOf } from './values/map-value.ts';
import { typeValue } from './values/type-value.ts';
import { bytes, errorValue, list, typeNameOf, uint, type Value } from './values/value.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function elementsOf(value: unknown, field: string): readonly unknown[] {
  const elements = isRecord(value) ? value[field] : undefined;
  return Array.isArray(elements) ? elements : [];
}

export function valueFromSpec(spec: unknown): Value {
  if (!isRecord(spec)) throw new TypeError(`no value: ${String(spec)}`);
  const [[kind, value] = ['', undefined]] = Object.entries(spec);
  switch (kind) {
    case 'nullValue':
      return null;
    case 'boolValue':
      return value === true;
    case 'int64Value':
      return BigInt(String(value));
    case 'uint64Value':
      return uint(BigInt(String(value)));
    case 'doubleValue':
      return Number(String(value).replace(/^(-?)Infinity$/, '$1Infinity'));
    case 'stringValue':
      return String(value);
    case 'bytesValue':
      return bytes(Buffer.from(String(value), 'base64'));
    case 'typeValue':
      return typeValue(String(value));
    case 'listValue':
      return list(elementsOf(value, 'values').map(valueFromSpec));
    case 'mapValue':
      return mapOf(
        elementsOf(value, 'entries').map((entry) => {
          const { key, value: own } = isRecord(entry) ? entry : {};
          return [valueFromSpec(key), valueFromSpec(own)] as const;
        }),
      );
    default:
      throw new TypeError(`unknown kind of value: ${kind}`);
  }
}

/** Equal and of the same type, which equality alone doesn't ask for. */
export function sameValue(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b;
  return typeNameOf(a) === typeNameOf(b) && equalValues(a, b);
}

const primitives: Readonly<Record<string, Type>> = {
  BOOL: types.bool,
  INT64: types.int,
  UINT64: types.uint,
  DOUBLE: types.double,
  STRING: types.string,
  BYTES: types.bytes,
};

/** Functions that a case declares, without anything that they do. */
export function functionsFromSpec(declaration: unknown): FunctionDeclaration[] {
  if (!isRecord(declaration) || !isRecord(declaration['function'])) return [];
  const overloads = elementsOf(declaration['function'], 'overloads').flatMap((overload): Overload[] => {
    if (!isRecord(overload)) return [];
    return [
      {
        id: String(overload['overloadId']),
        isMember: overload['isInstanceFunction'] === true,
        params: elementsOf(overload, 'params').map(typeFromSpec),
        result: typeFromSpec(overload['resultType']),
        call: () => errorValue('unbound function'),
      },
    ];
  });
  return [{ name: String(declaration['name']), overloads }];
}

/** Variables that a case declares. */
export function typesFromSpec(declarations: readonly unknown[]): Record<string, Type> {
  return Object.fromEntries(
    declarations.flatMap((declaration) => {
      if (!isRecord(declaration) || !isRecord(declaration['ident'])) return [];
      return [[String(declaration['name']), typeFromSpec(declaration['ident']['type'])] as const];
    }),
  );
}

export function typeFromSpec(spec: unknown): Type {
  if (!isRecord(spec)) return types.dyn;
  const [[kind, value] = ['dyn', undefined]] = Object.entries(spec);
  switch (kind) {
    case 'primitive':
      return primitives[String(value)] ?? types.dyn;
    case 'wrapper':
      return types.wrapper(primitives[String(value)] ?? types.dyn);
    case 'null':
      return types.null;
    case 'type':
      return types.type(typeFromSpec(value));
    case 'wellKnown':
      return value === 'TIMESTAMP' ? types.timestamp : value === 'DURATION' ? types.duration : types.any;
    case 'listType':
      return types.list(typeFromSpec(isRecord(value) ? value['elemType'] : undefined));
    case 'mapType':
      return isRecord(value) ? types.map(typeFromSpec(value['keyType']), typeFromSpec(value['valueType'])) : types.dyn;
    case 'messageType':
      return types.object(String(value));
    case 'typeParam':
      return { kind: 'param', name: String(value) };
    case 'abstractType':
      return types.opaque(
        isRecord(value) ? String(value['name']) : '',
        ...elementsOf(value, 'parameterTypes').map(typeFromSpec),
      );
    default:
      return types.dyn;
  }
}
