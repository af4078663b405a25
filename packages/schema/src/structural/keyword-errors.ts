/**
 * The keywords of one node: type, enum, lengths, pattern, format, sizes; each with the API server's text.
 */
import {
  deepEqual,
  type FieldError,
  goQuote,
  invalidValue,
  type JsonObject,
  notSupported,
  tooLong,
  tooMany,
  typeInvalid,
} from '@kindred/machinery';
import type { JSONSchemaProps } from './json-schema-props.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** The value's JSON type against the schema's. */
export function typeErrors(schema: StructuralSchema, value: unknown, path: string, out: FieldError[]): void {
  const { types } = schema;
  if (types.length === 0) return;
  if (value === null || value === undefined) {
    if (!schema.nullable) out.push(wrongType(path, types.join(','), 'null'));
    return;
  }
  const actual = jsonTypeOf(value);
  if (types.length === 1 ? types[0] === actual : types.includes(actual)) return;
  if (actual === 'integer' && types.includes('number')) return;
  // A value that is neither text nor list is held against the format's name when there is one.
  const byFormat = schema.format !== '' && actual !== 'string' && actual !== 'array';
  out.push(byFormat ? wrongType(path, schema.format, goFormatOf(actual)) : wrongType(path, types.join(','), actual));
}

/** Is the value one of `enum`? */
export function enumError(schema: StructuralSchema, value: unknown, path: string, out: FieldError[]): void {
  const allowed = schema.source.enum;
  if (allowed === undefined || allowed.length === 0) return;
  for (const candidate of allowed) if (candidate === value || deepEqual(candidate, value)) return;
  const names = allowed.map((candidate) => (typeof candidate === 'string' ? candidate : jsonText(candidate)));
  out.push(notSupported(path, value, names));
}

/** Lengths in characters and the pattern (the first of them that fails), then the format. */
export function stringErrors(schema: StructuralSchema, value: string, path: string, out: FieldError[]): void {
  const { maxLength, minLength, pattern } = schema.source;
  if (maxLength !== undefined && value.length > maxLength && codePoints(value) > maxLength) {
    out.push(tooLong(path, maxLength));
  } else if (minLength !== undefined && codePoints(value) < minLength) {
    out.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  } else if (schema.matchesPattern !== undefined && !schema.matchesPattern(value)) {
    out.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  }
  if (schema.matchesFormat !== undefined && !schema.types.includes('integer') && !schema.matchesFormat(value)) {
    out.push(typeInvalid(path, value, `${path} in body must be of type ${schema.format}: ${goQuote(value)}`));
  }
}

/** Number of elements. */
export function sizeErrors(source: JSONSchemaProps, list: readonly unknown[], path: string, out: FieldError[]): void {
  const { minItems, maxItems } = source;
  if (minItems !== undefined && list.length < minItems) {
    out.push(invalidValue(path, list.length, `${path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && list.length > maxItems) out.push(tooMany(path, list.length, maxItems));
}

/** Number of members; an object of the wrong size is not looked at further. */
export function objectSizeError(source: JSONSchemaProps, object: JsonObject, path: string): FieldError | undefined {
  const { minProperties, maxProperties } = source;
  if (minProperties === undefined && maxProperties === undefined) return undefined;
  const size = Object.keys(object).length;
  if (minProperties !== undefined && size < minProperties) {
    return invalidValue(path, size, `${path} in body should have at least ${minProperties} properties`);
  }
  return maxProperties !== undefined && size > maxProperties ? tooMany(path, size, maxProperties) : undefined;
}

/** The names that OpenAPI gives to JSON types; whole numbers are integers. */
function jsonTypeOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'integer';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    default:
      return Array.isArray(value) ? 'array' : 'object';
  }
}

function wrongType(path: string, expected: string, actual: string): FieldError {
  return typeInvalid(path, actual, `${path} in body must be of type ${expected}: "${actual}"`);
}

function goFormatOf(actual: string): string {
  if (actual === 'integer') return 'int64';
  return actual === 'number' ? 'float64' : '';
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
    if (isPair) count--;
  }
  return count;
}

function jsonText(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
