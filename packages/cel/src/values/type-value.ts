/**
 * Types as values: what `type(x)` gives and what names such as `int` stand for.
 */
import { type TypeValue, typeNameOf, type Value } from './value.ts';

export function typeValue(name: string): TypeValue {
  return { kind: 'type', name };
}

/** `type(x)`. */
export function typeValueOf(value: Value): TypeValue {
  return typeValue(typeNameOf(value));
}
