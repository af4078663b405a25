/** What `.name` gives on a value: a method, a field of a struct, a key of a map. */
import { ANY_MAP, type GoFunction, type GoSlice, type GoValue, isMap, isObject, zeroElement } from '../go/value.ts';

export type FieldResult =
  | { readonly kind: 'method'; readonly method: GoFunction }
  | {
      readonly kind: 'value';
      readonly value: GoValue;
      /** True when Go would see an interface{} here, which its messages then name. */
      readonly viaInterface: boolean;
      /** What it means to give arguments to it. */
      readonly withArguments: string;
    };

/** Looks up a field of a value; undefined when values of its type have no such field. */
export function lookUpField(receiver: GoValue, name: string): FieldResult | undefined {
  if (isMap(receiver)) {
    const method = receiver.methods?.get(name);
    if (method !== undefined) return { kind: 'method', method };
    const found = receiver.get(name);
    return {
      kind: 'value',
      value: found === undefined && !receiver.has(name) ? zeroElement(receiver.type) : (found ?? null),
      viaInterface: receiver.type === ANY_MAP || receiver.type === 'common.Values',
      withArguments: `${name} is not a method but has arguments`,
    };
  }
  if (isObject(receiver)) {
    const method = receiver.methods.get(name);
    if (method !== undefined) return { kind: 'method', method };
    if (receiver.fields.has(name)) {
      return {
        kind: 'value',
        value: receiver.fields.get(name),
        viaInterface: false,
        withArguments: `${name} has arguments but cannot be invoked as function`,
      };
    }
  }
  if (isSlice(receiver)) {
    const method = receiver.methods?.get(name);
    if (method !== undefined) return { kind: 'method', method };
  }
  return undefined;
}

function isSlice(value: GoValue): value is GoSlice {
  return typeof value === 'object' && value !== null && 'go' in value && value.go === 'slice';
}
