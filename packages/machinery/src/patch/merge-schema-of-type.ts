/**
 * Merge schemas of built-in types, made from a type table.
 *
 * List types and map types steer server-side apply (structured-merge-diff), patch strategies and merge keys steer
 * strategic merge patch; both come from the same `x-kubernetes-*` facts of the published types. Schemas are made when
 * first asked for and shared afterwards, since types may refer to themselves.
 */
import type { FieldInfo, TypeInfo, TypeTable } from '../types/type-table.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';

const scalar: MergeSchema = { kind: 'scalar' };
const numeric: MergeSchema = { kind: 'scalar', type: 'numeric' };
const text: MergeSchema = { kind: 'scalar', type: 'string' };
const boolean: MergeSchema = { kind: 'scalar', type: 'boolean' };
const deduced: MergeSchema = { kind: 'deduced' };
const atomicList: MergeSchema = { kind: 'list', listType: 'atomic', keys: [], keyDefaults: {}, element: () => deduced };

/** List keys that clients may leave out, with the value that the server then takes: type name → key → default. */
const keyDefaultsOfType: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'io.k8s.api.core.v1.ContainerPort': { protocol: 'TCP' },
  'io.k8s.api.core.v1.ServicePort': { protocol: 'TCP' },
};

/**
 * Optional fields whose Go types hold the struct itself and no pointer to it, so that they are in every object.
 * Required fields are so anyway.
 */
const heldByValue: ReadonlySet<string> = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'jobTemplate',
  'strategy',
  'updateStrategy',
  'resources',
  'loadBalancer',
  'nodeInfo',
  'daemonEndpoints',
  'kubeletEndpoint',
  'state',
  'lastState',
  'source',
  'names',
  'acceptedNames',
]);

/**
 * The merge schemas of all types of a table, each made once.
 *
 * @example const schemaOf = mergeSchemasOf(typeTable); schemaOf('io.k8s.api.apps.v1.Deployment')
 */
export function mergeSchemasOf(table: TypeTable): (typeName: string) => MergeSchema {
  const schemas = new Map<string, MergeSchema>();
  const schemaOf = (typeName: string): MergeSchema => {
    const known = schemas.get(typeName);
    if (known !== undefined) return known;
    const schema = schemaOfType(table.get(typeName), schemaOf);
    schemas.set(typeName, schema);
    return schema;
  };
  return schemaOf;
}

/** The merge schema of one type. For many types of one table take `mergeSchemasOf`, which shares what it makes. */
export function mergeSchemaOfType(table: TypeTable, typeName: string): MergeSchema {
  return mergeSchemasOf(table)(typeName);
}

type SchemaOf = (typeName: string) => MergeSchema;

function schemaOfType(type: TypeInfo | undefined, schemaOf: SchemaOf): MergeSchema {
  if (type === undefined) return deduced;
  if (type.fields !== undefined) return schemaOfStruct(type.fields, type.mapType === 'atomic', schemaOf);
  // RawExtension, FieldsV1: any members, each of them owned as a whole. JSON and other `any` types: one leaf.
  return type.type === 'object' ? mapOf(scalar, false) : scalar;
}

function schemaOfStruct(fields: Readonly<Record<string, FieldInfo>>, atomic: boolean, schemaOf: SchemaOf): MapSchema {
  const made = new Map<string, MergeSchema>();
  const infoOf = (name: string) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return {
    kind: 'map',
    atomic,
    declares: (name) => infoOf(name) !== undefined,
    alwaysPresent(name) {
      const field = infoOf(name);
      return field !== undefined && (field.required === true || (!field.array && !field.map && heldByValue.has(name)));
    },
    field(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const field = infoOf(name);
      if (field === undefined) return undefined;
      const schema = schemaOfField(field, schemaOf);
      made.set(name, schema);
      return schema;
    },
  };
}

function schemaOfField(field: FieldInfo, schemaOf: SchemaOf): MergeSchema {
  if (field.mapOfArrays) return mapOf(atomicList, field.mapType === 'atomic');
  if (field.map) return mapOf(schemaOfName(field.type, schemaOf), field.mapType === 'atomic');
  if (field.array) return schemaOfList(field, schemaOf);
  return withFieldFacts(schemaOfName(field.type, schemaOf), field);
}

function schemaOfList(field: FieldInfo, schemaOf: SchemaOf): ListSchema {
  const keys = field.listMapKeys ?? [];
  const defaults = keyDefaultsOfType[field.type] ?? {};
  return {
    kind: 'list',
    listType: field.listType ?? 'atomic',
    keys,
    keyDefaults: Object.fromEntries(Object.entries(defaults).filter(([key]) => keys.includes(key))),
    element: () => schemaOfName(field.type, schemaOf),
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
    ...(field.patchMergeKey === undefined ? {} : { patchMergeKey: field.patchMergeKey }),
  };
}

/** A field may say more than its type does: atomic in this place only, or a patch strategy. */
function withFieldFacts(schema: MergeSchema, field: FieldInfo): MergeSchema {
  if (schema.kind !== 'map' || (field.mapType === undefined && field.patchStrategy === undefined)) return schema;
  return {
    ...schema,
    atomic: field.mapType === undefined ? schema.atomic : field.mapType === 'atomic',
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
  };
}

function mapOf(value: MergeSchema, atomic: boolean): MapSchema {
  return { kind: 'map', atomic, declares: () => false, field: () => value };
}

function schemaOfName(name: string, schemaOf: SchemaOf): MergeSchema {
  if (name.includes('.')) return schemaOf(name);
  switch (name) {
    case 'object':
      return deduced;
    case 'string':
      return text;
    case 'boolean':
      return boolean;
    case 'integer':
    case 'number':
      return numeric;
    default:
      return scalar;
  }
}
