/**
 * Names of types as values: `type(x) == int`.
 */
import { type Type, types } from './type.ts';

const named = new Map<string, Type>([
  ['bool', types.bool],
  ['bytes', types.bytes],
  ['double', types.double],
  ['int', types.int],
  ['list', types.list(types.dyn)],
  ['map', types.map(types.dyn, types.dyn)],
  ['null_type', types.null],
  ['string', types.string],
  ['type', types.type()],
  ['uint', types.uint],
  ['google.protobuf.Duration', types.duration],
  ['google.protobuf.Timestamp', types.timestamp],
  ['optional_type', types.optional(types.a)],
]);

export function isTypeName(name: string): boolean {
  return named.has(name);
}

/** The type that a name stands for in every environment. */
export function typeOfName(name: string): Type | undefined {
  return named.get(name);
}
