/**
 * What makes a schema structural: types named outside of junctions, junctions only adding value validation, metadata left
 * to the API server (KEP-1693, `apiextensions-apiserver/pkg/apiserver/schema/validation.go`).
 *
 * Violations are what the NonStructuralSchema condition reports.
 */
import {
  childPath,
  deepEqual,
  type FieldError,
  forbiddenField,
  formatFieldError,
  indexPath,
  invalidValue,
  keyPath,
  required,
} from '@kindred/machinery';
import { itemsSchemaOf, type JSONSchemaProps } from './json-schema-props.ts';
import { patternError } from './pattern.ts';

type Level = 'root' | 'item' | 'field';

const intOrStringAnyOf = [{ type: 'integer' }, { type: 'string' }];

/** All violations of structurality, sorted by their text. */
export function structuralErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  invariants(schema, 'root', path, errors);
  completeness(schema, path, errors);
  const texts = new Map(errors.map((error) => [error, formatFieldError(error)]));
  return errors.sort((a, b) => ((texts.get(a) ?? '') < (texts.get(b) ?? '') ? -1 : 1));
}

function invariants(schema: JSONSchemaProps, level: Level, path: string, out: FieldError[]): void {
  const items = itemsSchemaOf(schema);
  if (schema.type === 'array' && schema.items === undefined) {
    out.push(required(childPath(path, 'items'), 'must be specified'));
  }
  if (items !== undefined) invariants(items, 'item', childPath(path, 'items'), out);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    invariants(property, 'field', keyPath(childPath(path, 'properties'), name), out);
  }
  additionalInvariants(schema, level, path, out);
  intOrStringInvariants(schema, path, out);
  junctions(schema, path, out, intOrStringExceptions(schema));
  typeInvariants(schema, level, path, out);
  metadataInvariants(schema, level, path, out);
}

function additionalInvariants(schema: JSONSchemaProps, level: Level, path: string, out: FieldError[]): void {
  const additional = schema.additionalProperties;
  if (additional === undefined || additional === false) return;
  const at = childPath(path, 'additionalProperties');
  if (level === 'root') out.push(forbiddenField(at, 'must not be used at the root'));
  if (schema['x-kubernetes-embedded-resource'] === true) {
    out.push(forbiddenField(at, 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  if (additional !== true) invariants(additional, 'field', at, out);
}

function intOrStringInvariants(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  if (schema['x-kubernetes-int-or-string'] !== true) return;
  for (const keyword of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
    if (schema[keyword] !== true) continue;
    out.push(invalidValue(childPath(path, keyword), true, 'must be false if x-kubernetes-int-or-string is true'));
  }
}

function typeInvariants(schema: JSONSchemaProps, level: Level, path: string, out: FieldError[]): void {
  const { type = '' } = schema;
  const at = childPath(path, 'type');
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (embedded && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    out.push(type === '' ? required(at, detail) : invalidValue(at, type, detail));
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves) {
    out.push(required(at, missingType[level]));
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    out.push(invalidValue(at, type, 'must be object at the root'));
  }
  if (embedded && !preserves && Object.keys(schema.properties ?? {}).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    out.push(required(childPath(path, 'properties'), detail));
  }
}

const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function metadataInvariants(schema: JSONSchemaProps, level: Level, path: string, out: FieldError[]): void {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  if (!isResource) return;
  const properties = schema.properties ?? {};
  const at = (name: string) => keyPath(childPath(path, 'properties'), name);
  for (const name of ['kind', 'apiVersion'] as const) {
    const type = ownProperty(properties, name)?.type ?? '';
    if (ownProperty(properties, name) !== undefined && type !== 'string') {
      out.push(invalidValue(childPath(at(name), 'type'), type, 'must be string'));
    }
  }
  const metadata = ownProperty(properties, 'metadata');
  if (metadata === undefined) return;
  if (metadata.type !== 'object') {
    out.push(invalidValue(childPath(at('metadata'), 'type'), metadata.type ?? '', 'must be object'));
  }
  if (level === 'root' && restrictsMoreThanNames(metadata)) {
    const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    out.push(forbiddenField(at('metadata'), detail));
  }
}

/** Value validation and a description are harmless; anything else would compete with ObjectMeta. */
function restrictsMoreThanNames(metadata: JSONSchemaProps): boolean {
  const names = Object.keys(metadata.properties ?? {});
  if (names.some((name) => name !== 'name' && name !== 'generateName')) return true;
  return (
    metadata.additionalProperties !== undefined ||
    metadata.items !== undefined ||
    metadata.nullable === true ||
    metadata['x-kubernetes-preserve-unknown-fields'] === true ||
    metadata['x-kubernetes-embedded-resource'] === true ||
    metadata['x-kubernetes-int-or-string'] === true ||
    metadata['x-kubernetes-map-type'] !== undefined
  );
}

interface Exceptions {
  readonly anyOf: boolean;
  readonly firstAllOfAnyOf: boolean;
}

/** int-or-string may spell its two types out, in anyOf or in the anyOf of the first allOf. */
function intOrStringExceptions(schema: JSONSchemaProps): Exceptions {
  return {
    anyOf: deepEqual(schema.anyOf, intOrStringAnyOf),
    firstAllOfAnyOf: deepEqual(schema.allOf?.[0]?.anyOf, intOrStringAnyOf),
  };
}

function junctions(schema: JSONSchemaProps, path: string, out: FieldError[], exceptions: Exceptions): void {
  const plain = { anyOf: false, firstAllOfAnyOf: false };
  if (!exceptions.anyOf) {
    schema.anyOf?.forEach((inner, i) => nested(inner, indexPath(childPath(path, 'anyOf'), i), out, plain));
  }
  schema.allOf?.forEach((inner, i) => {
    const first = { anyOf: i === 0 && exceptions.firstAllOfAnyOf, firstAllOfAnyOf: false };
    nested(inner, indexPath(childPath(path, 'allOf'), i), out, first);
  });
  schema.oneOf?.forEach((inner, i) => nested(inner, indexPath(childPath(path, 'oneOf'), i), out, plain));
  if (schema.not !== undefined) nested(schema.not, childPath(path, 'not'), out, plain);
  if (schema.pattern !== undefined && schema.pattern !== '') {
    const problem = patternError(schema.pattern);
    if (problem !== undefined) {
      const detail = `must be a valid regular expression, but isn't: ${problem}`;
      out.push(invalidValue(childPath(path, 'pattern'), schema.pattern, detail));
    }
  }
}

const forbiddenInside: readonly (readonly [keyof JSONSchemaProps, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nested(schema: JSONSchemaProps, path: string, out: FieldError[], exceptions: Exceptions): void {
  junctions(schema, path, out, exceptions);
  const items = itemsSchemaOf(schema);
  const plain = { anyOf: false, firstAllOfAnyOf: false };
  if (items !== undefined) nested(items, childPath(path, 'items'), out, plain);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    nested(property, keyPath(childPath(path, 'properties'), name), out, plain);
  }
  for (const [keyword, detail] of forbiddenInside) {
    const value = schema[keyword];
    if (value !== undefined && value !== false && value !== '') {
      out.push(forbiddenField(childPath(path, keyword), detail));
    }
  }
  if (ownProperty(schema.properties ?? {}, 'metadata') !== undefined) {
    const at = keyPath(childPath(path, 'properties'), 'metadata');
    out.push(forbiddenField(at, 'must not be specified in a nested context'));
  }
}

/** What a junction speaks of must be specified outside of it as well. */
function completeness(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  for (const [inner, at] of junctionsOf(schema, path)) innerCompleteness(inner, schema, path, at, out);
  const items = itemsSchemaOf(schema);
  if (items !== undefined) completeness(items, childPath(path, 'items'), out);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    completeness(property, keyPath(childPath(path, 'properties'), name), out);
  }
  if (typeof schema.additionalProperties === 'object') {
    completeness(schema.additionalProperties, childPath(path, 'additionalProperties'), out);
  }
}

function innerCompleteness(
  inner: JSONSchemaProps,
  outer: JSONSchemaProps | undefined,
  outerPath: string,
  innerPath: string,
  out: FieldError[],
): void {
  if (outer === undefined) {
    out.push(required(outerPath, `because it is defined in ${innerPath}`));
    return;
  }
  const items = itemsSchemaOf(inner);
  if (items !== undefined) {
    innerCompleteness(items, itemsSchemaOf(outer), childPath(outerPath, 'items'), childPath(innerPath, 'items'), out);
  }
  for (const [name, property] of Object.entries(inner.properties ?? {})) {
    const key = (path: string) => keyPath(childPath(path, 'properties'), name);
    const counterpart = ownProperty(outer.properties ?? {}, name);
    innerCompleteness(property, counterpart, key(outerPath), key(innerPath), out);
  }
  for (const [deeper, at] of junctionsOf(inner, innerPath)) innerCompleteness(deeper, outer, outerPath, at, out);
}

function junctionsOf(schema: JSONSchemaProps, path: string): (readonly [JSONSchemaProps, string])[] {
  const found: (readonly [JSONSchemaProps, string])[] = [];
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    schema[name]?.forEach((inner, i) => found.push([inner, indexPath(childPath(path, name), i)]));
  }
  if (schema.not !== undefined) found.push([schema.not, childPath(path, 'not')]);
  return found;
}

function ownProperty(properties: Readonly<Record<string, JSONSchemaProps>>, name: string): JSONSchemaProps | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
