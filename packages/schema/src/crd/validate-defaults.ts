/**
 * Defaults inside a schema must themselves be valid objects of it: pruned, of the right type, and complete.
 */
import { childPath, deepCopy, type FieldError, invalidValue, isJsonObject, keyPath } from '@kindred/machinery';
import { applyDefaults } from '../structural/defaults.ts';
import { itemsSchemaOf, type JSONSchemaProps } from '../structural/json-schema-props.ts';
import { prune, pruneValue } from '../structural/prune.ts';
import { compileStructuralSchema } from '../structural/structural-schema.ts';
import { validateValue } from '../structural/validate-value.ts';

/** Errors of every default in the schema and below it. */
export function defaultErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  visit(schema, path, errors);
  return errors;
}

function visit(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  if (schema.default !== undefined) checkDefault(schema, childPath(path, 'default'), out);
  const items = itemsSchemaOf(schema);
  if (items !== undefined) visit(items, childPath(path, 'items'), out);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    visit(property, keyPath(childPath(path, 'properties'), name), out);
  }
  if (typeof schema.additionalProperties === 'object') {
    visit(schema.additionalProperties, childPath(path, 'additionalProperties'), out);
  }
}

function checkDefault(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  const compiled = compileStructuralSchema(schema);
  const value = deepCopy(schema.default);
  const unknown =
    compiled.embeddedResource && isJsonObject(value) ? prune(compiled, value) : pruneValue(compiled, value);
  if (unknown.length > 0) {
    out.push(invalidValue(path, schema.default, 'must not have unknown fields'));
    return;
  }
  applyDefaults(compiled, value);
  for (const error of validateValue(compiled, value, path)) {
    out.push(error.field === '' ? { ...error, field: path } : error);
  }
}
