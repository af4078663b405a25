/**
 * The types that expressions see of a structural schema, with how large values can become in a request of 3 MiB
 * (`k8s.io/apiserver/pkg/cel/common`). Parts of an object that no property declares are not visible.
 */
import { type SizeBounds, type Type, types } from '@kindred/cel';
import { childOf, type LazySchema, type StructuralSchema } from '../structural/structural-schema.ts';
import { escapedPropertyName } from './property-names.ts';

/** A type with its bounds. Objects know their members by the names that expressions use. */
export interface DeclaredType extends SizeBounds {
  readonly type: Type;
  /** The fewest bytes that a value takes as JSON. */
  readonly minBytes: number;
  readonly members: ReadonlyMap<string, DeclaredType> | undefined;
}

/** The types of one definition's schema. Object types are told apart by where they stand. */
export interface DeclaredTypes {
  typeOf(schema: StructuralSchema, path: string, isResource: boolean): DeclaredType | undefined;
  fieldType(objectType: string, field: string): Type | undefined;
}

/** The size of requests that bounds are derived from. */
export const requestBytes = 3 * 1024 * 1024;

const metadataName = 'metadata';
const text = (maxSize: number, minBytes = 2): DeclaredType => sized(types.string, maxSize, minBytes);

export function declaredTypes(): DeclaredTypes {
  const objects = new Map<string, DeclaredType>();
  const known = new WeakMap<StructuralSchema, DeclaredType>();
  const declare = (schema: StructuralSchema, path: string, isResource: boolean): DeclaredType | undefined => {
    const before = known.get(schema);
    if (before !== undefined) return before;
    const declared = declaredType(schema, { path, isResource, objects, declare });
    if (declared !== undefined) known.set(schema, declared);
    return declared;
  };
  return {
    typeOf: declare,
    fieldType: (objectType, field) => objects.get(objectType)?.members?.get(field)?.type,
  };
}

interface Place {
  readonly path: string;
  readonly isResource: boolean;
  readonly objects: Map<string, DeclaredType>;
  readonly declare: DeclaredTypes['typeOf'];
}

function sized(type: Type, maxSize: number, minBytes: number): DeclaredType {
  return { type, maxSize, minBytes, member: () => undefined, element: undefined, key: undefined, members: undefined };
}

function declaredType(schema: StructuralSchema, place: Place): DeclaredType | undefined {
  const { source } = schema;
  if (source['x-kubernetes-int-or-string'] === true) return sized(types.dyn, requestBytes - 2, 1);
  switch (source.type) {
    case 'boolean':
      return sized(types.bool, 1, 4);
    case 'integer':
      return sized(types.int, 1, 1);
    case 'number':
      return sized(types.double, 1, 1);
    case 'string':
      return stringType(schema);
    case 'array':
      return listType(schema, place);
    case 'object':
      return schema.additional === undefined ? objectType(schema, place) : mapType(schema, schema.additional, place);
    default:
      return undefined;
  }
}

function stringType({ source }: StructuralSchema): DeclaredType {
  const { maxLength } = source;
  switch (source.format) {
    case 'byte':
      return sized(types.bytes, maxLength ?? requestBytes - 2, 2);
    case 'duration':
      return sized(types.duration, 32, 4);
    case 'date':
      return sized(types.timestamp, 10, 12);
    case 'date-time':
      return sized(types.timestamp, 20, 22);
    default:
  }
  // A character takes up to four bytes.
  if (maxLength !== undefined) return text(Math.max(maxLength, 0) * 4);
  if (source.enum === undefined) return text(requestBytes - 2);
  const lengths = source.enum.map((value) => (typeof value === 'string' ? value.length : 1));
  return text(Math.max(...lengths, 0), Math.min(...lengths, requestBytes) + 2);
}

function listType(schema: StructuralSchema, place: Place): DeclaredType | undefined {
  const items = schema.items === undefined ? undefined : childOf(schema.items);
  if (items === undefined) return undefined;
  const element = place.declare(items, `${place.path}.items`, items.embeddedResource);
  if (element === undefined) return undefined;
  const maxSize = schema.source.maxItems ?? Math.floor((requestBytes - 2) / (element.minBytes + 1));
  return {
    type: types.list(element.type),
    maxSize,
    minBytes: 2,
    member: () => undefined,
    element,
    key: undefined,
    members: undefined,
  };
}

function mapType(schema: StructuralSchema, additional: LazySchema, place: Place): DeclaredType | undefined {
  const values = childOf(additional);
  if (values === undefined) return undefined;
  const element = place.declare(values, `${place.path}.additionalProperties`, values.embeddedResource);
  if (element === undefined) return undefined;
  const maxSize = schema.source.maxProperties ?? Math.floor((requestBytes - 2) / (element.minBytes + 6));
  return {
    type: types.map(types.string, element.type),
    maxSize,
    minBytes: 2,
    member: () => element,
    element,
    key: text(requestBytes - 2),
    members: undefined,
  };
}

function objectType(schema: StructuralSchema, { path, isResource, objects, declare }: Place): DeclaredType {
  const members = new Map<string, DeclaredType>();
  let minBytes = 2;
  for (const [name, lazy] of schema.properties) {
    const escaped = escapedPropertyName(name);
    const child = childOf(lazy);
    if (escaped === undefined || child === undefined || (isResource && name === metadataName)) continue;
    const declared = declare(child, `${path}.${name}`, child.embeddedResource);
    if (declared === undefined) continue;
    members.set(escaped, declared);
    const isRequired = schema.source.required?.includes(name) === true && child.source.default === undefined;
    if (isRequired) minBytes += name.length + 4 + declared.minBytes;
  }
  if (isResource) addResourceMembers(members, path, objects);
  return addObject(path, members, minBytes, objects);
}

/** Every resource shows these, whatever its schema says. */
function addResourceMembers(
  members: Map<string, DeclaredType>,
  path: string,
  objects: Map<string, DeclaredType>,
): void {
  members.set('apiVersion', text(requestBytes - 2));
  members.set('kind', text(requestBytes - 2));
  const inMetadata = new Map([
    ['name', text(253)],
    ['generateName', text(253)],
  ]);
  members.set(metadataName, addObject(`${path}.${metadataName}`, inMetadata, 2, objects));
}

function addObject(
  name: string,
  members: ReadonlyMap<string, DeclaredType>,
  minBytes: number,
  objects: Map<string, DeclaredType>,
): DeclaredType {
  const declared: DeclaredType = {
    type: types.object(name),
    maxSize: 1,
    minBytes,
    member: (field) => members.get(field),
    element: undefined,
    key: undefined,
    members,
  };
  objects.set(name, declared);
  return declared;
}
