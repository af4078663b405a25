/**
 * Whether an applied configuration fits its schema: fields that the schema names, lists whose elements can be told
 * apart. Texts are structured-merge-diff's.
 */
import { encodeJsonText } from '../../codec/json.ts';
import { isJsonObject, type JsonObject } from '../../object/json.ts';
import type { ListSchema, MergeSchema, ScalarType } from '../merge-schema.ts';
import { fieldElement, formatElement, listElement } from './path-element.ts';

/** One text for each error, with its path in front: `.spec.foo: field not declared in schema`. */
export function validateApplied(applied: JsonObject, schema: MergeSchema): string[] {
  const errors: string[] = [];
  for (const name of Object.keys(applied)) {
    const field = schema.kind === 'map' ? schema.field(name) : undefined;
    // Schemas of custom resources need not mention what every object has.
    if (field === undefined && ['apiVersion', 'kind', 'metadata'].includes(name)) continue;
    validateMember(errors, `.${name}`, applied[name], schema, name);
  }
  return errors;
}

function validateMember(errors: string[], path: string, value: unknown, schema: MergeSchema, name: string): void {
  if (schema.kind !== 'map') return;
  const field = schema.field(name);
  if (field === undefined) errors.push(`${path}: field not declared in schema`);
  else validateValue(errors, path, value, field);
}

function validateValue(errors: string[], path: string, value: unknown, schema: MergeSchema): void {
  if (value === null || value === undefined) return;
  if (schema.kind === 'map') {
    if (!isJsonObject(value)) {
      errors.push(`${path}: expected map, got ${describe(value)}`);
      return;
    }
    for (const name of Object.keys(value)) {
      validateMember(errors, path + formatElement(fieldElement(name)), value[name], schema, name);
    }
  } else if (schema.kind === 'list') {
    if (Array.isArray(value)) validateItems(errors, path, value, schema);
    else errors.push(`${path}: expected list, got ${describe(value)}`);
  } else if (schema.kind === 'scalar' && schema.type !== undefined) {
    const problem = scalarProblem(schema.type, value);
    if (problem !== undefined) errors.push(`${path}: ${problem}`);
  }
}

/** Each type's text shows the value in another of Go's forms. */
function scalarProblem(type: ScalarType, value: unknown): string | undefined {
  if (type === 'numeric') {
    if (typeof value === 'number' || typeof value === 'bigint') return undefined;
    return `expected numeric (int or float), got ${goType(value)}`;
  }
  if (type === 'string') {
    if (typeof value === 'string') return undefined;
    return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
  return typeof value === 'boolean' ? undefined : `expected boolean, got ${describe(value)}`;
}

function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return encodeJsonText(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${goSyntax(member)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}

function validateItems(errors: string[], path: string, items: readonly unknown[], schema: ListSchema): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const element = schema.listType === 'atomic' ? `i:${index}` : listElement(schema, item);
    if (element === undefined) {
      errors.push(`${path}: element ${index}: ${identityProblem(schema, item)}`);
      continue;
    }
    if (seen.has(element)) errors.push(`${path}: duplicate entries for key ${formatElement(element)}`);
    seen.add(element);
    validateValue(errors, path + formatElement(element), item, schema.element());
  }
}

function identityProblem(schema: ListSchema, item: unknown): string {
  if (schema.listType === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    return Array.isArray(item)
      ? 'not supported: associative list with lists as elements'
      : "associative list without keys has an element that's a map type";
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isJsonObject(item)) return 'associative list with keys may not have non-map elements';
  const names = schema.keys.map((key) => JSON.stringify(key)).join(', ');
  return `associative list with keys has an element that omits key field ${names} (and doesn't have default value)`;
}

function describe(value: unknown): string {
  return `&{${typeof value === 'string' ? value : encodeJsonText(value)}}`;
}
