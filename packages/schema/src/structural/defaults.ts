/**
 * Defaulting from a structural schema (Kubernetes documentation, "Defaulting"): a missing field takes its default; so
 * does a `null` where the schema isn't nullable. Defaults are applied from the outside in, and copied since schemas are shared by all objects, so that the default of an
 * object may be completed by the defaults of its members.
 */
import { deepCopy, isJsonObject, type JsonValue, setMember } from '@kindred/machinery';
import { childOf, type LazySchema, memberOf, type StructuralSchema } from './structural-schema.ts';

/** Fills defaults into the value, in place. Applying twice changes nothing more. */
export function applyDefaults(schema: StructuralSchema, value: unknown): void {
  if (isJsonObject(value)) defaultObject(schema, value);
  else if (Array.isArray(value)) defaultList(schema, value);
}

function defaultObject(schema: StructuralSchema, object: Record<string, JsonValue>): void {
  for (const property of schema.defaulted) {
    const { name } = property;
    const current = Object.hasOwn(object, name) ? object[name] : undefined;
    if (current === undefined || (current === null && !property.nullable))
      setMember(object, name, deepCopy(property.value));
  }
  for (const name in object) {
    const member = memberOf(schema, name);
    if (member === undefined) continue;
    const value = object[name];
    if (value === null) {
      const replacement = replacementOfNull(member);
      if (replacement === undefined) continue;
      object[name] = replacement;
    }
    const current = object[name];
    if (typeof current !== 'object' || current === null) continue;
    const child = childOf(member);
    if (child !== undefined) applyDefaults(child, current);
  }
}

function defaultList(schema: StructuralSchema, list: JsonValue[]): void {
  if (schema.items === undefined) return;
  const items = childOf(schema.items);
  if (items === undefined) return;
  for (let i = 0; i < list.length; i++) {
    const replacement = list[i] === null ? replacementOfNull(schema.items) : undefined;
    if (replacement !== undefined) list[i] = replacement;
    const element = list[i];
    if (typeof element === 'object' && element !== null) applyDefaults(items, element);
  }
}

function replacementOfNull(child: LazySchema): JsonValue | undefined {
  const source = child.source;
  if (source === undefined || source.nullable === true) return undefined;
  return source.default === undefined || source.default === null ? undefined : deepCopy(source.default);
}
