/**
 * OpenAPI v3 schemas of built-in types, from the type table: references between types, formats, and the
 * `x-kubernetes-*` extensions that apply and strategic merge patch read.
 */
import type { FieldInfo, TypeInfo, TypeTable } from '@kindred/machinery';
import type { OpenApiObject, OpenApiValue } from './served-kind.ts';

const scalarTypes: ReadonlySet<string> = new Set(['string', 'integer', 'number', 'boolean', 'object']);

const quantityType = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const quantity: OpenApiObject = { oneOf: [{ type: 'string' }, { type: 'number' }] };

export const componentPrefix = '#/components/schemas/';

/** The schema of one type of the table. `undefined` when the table doesn't have it. */
export function typeSchema(table: TypeTable, name: string): OpenApiObject | undefined {
  const info = table.get(name);
  if (info === undefined) return undefined;
  if (name === quantityType) return quantity;
  return info.fields === undefined ? scalarSchema(info) : structSchema(info, info.fields);
}

/** Names of all types that a schema refers to, directly. */
export function referencesOf(schema: OpenApiValue | undefined, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(schema)) for (const part of schema) referencesOf(part, found);
  else if (typeof schema === 'object' && schema !== null) {
    for (const [key, value] of Object.entries(schema)) {
      if (key === '$ref' && typeof value === 'string') found.add(value.slice(componentPrefix.length));
      else referencesOf(value, found);
    }
  }
  return found;
}

/** `$ref` to a component. */
export function refTo(name: string): OpenApiObject {
  return { $ref: `${componentPrefix}${name}` };
}

function structSchema(info: TypeInfo, fields: Readonly<Record<string, FieldInfo>>): OpenApiObject {
  const names = Object.keys(fields).sort();
  const required = names.filter((name) => fields[name]?.required === true);
  const properties: Record<string, OpenApiValue> = {};
  for (const name of names) {
    const field = fields[name];
    if (field !== undefined) properties[name] = fieldSchema(field);
  }
  return {
    type: 'object',
    ...(names.length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
    ...(info.mapType === undefined ? {} : { 'x-kubernetes-map-type': info.mapType }),
    ...(info.gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': sortedKinds(info.gvk) }),
  };
}

function sortedKinds(kinds: NonNullable<TypeInfo['gvk']>): OpenApiValue {
  const key = (kind: { group: string; version: string }) => `${kind.group}/${kind.version}`;
  return [...kinds]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ group, kind, version }) => ({ group, kind, version }));
}

function fieldSchema(field: FieldInfo): OpenApiObject {
  const extensions = fieldExtensions(field);
  const element = elementSchema(field);
  if (field.array === true) return { type: 'array', items: element, ...extensions };
  if (field.map === true) return { type: 'object', additionalProperties: element, ...extensions };
  if (field.mapOfArrays === true) {
    return { type: 'object', additionalProperties: { type: 'array', items: element }, ...extensions };
  }
  // A reference may not have siblings: extensions go around it.
  const isReference = '$ref' in element;
  return isReference && Object.keys(extensions).length > 0
    ? { allOf: [element], ...extensions }
    : { ...element, ...extensions };
}

function elementSchema(field: FieldInfo): OpenApiObject {
  if (field.format === 'int-or-string') return intOrString;
  if (!scalarTypes.has(field.type)) return refTo(field.type);
  return field.format === undefined ? { type: field.type } : { type: field.type, format: field.format };
}

const intOrString: OpenApiObject = { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };

function fieldExtensions(field: FieldInfo): OpenApiObject {
  return {
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.listMapKeys }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
    ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    ...(field.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy }),
  };
}

function scalarSchema(info: TypeInfo): OpenApiObject {
  const extensions = info.gvk === undefined ? {} : { 'x-kubernetes-group-version-kind': sortedKinds(info.gvk) };
  if (info.format === 'int-or-string') return intOrString;
  if (info.type === undefined || info.type === 'any') return { ...extensions };
  return info.format === undefined
    ? { type: info.type, ...extensions }
    : { type: info.type, format: info.format, ...extensions };
}
