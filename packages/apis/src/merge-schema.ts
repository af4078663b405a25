/**
 * Merge schemas of built-in types, made from the type table: what server-side apply and strategic merge patch must know
 * of each field. Nodes are made when they are first asked for and shared afterwards.
 */
import type { FieldInfo, ListSchema, MapSchema, MergeSchema, TypeInfo } from '@kindred/machinery';
import { typeTable } from './type-table.ts';

const scalar: MergeSchema = { kind: 'scalar' };
const deduced: MergeSchema = { kind: 'deduced' };

/** Fields whose values take part in a list's key though they may be left out, with the value they then have. */
const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

const schemas = new Map<string, MergeSchema>();

/** The merge schema of a type of the table; a deduced one for a name that the table lacks. */
export function mergeSchemaOf(typeName: string): MergeSchema {
  let schema = schemas.get(typeName);
  if (schema === undefined) {
    const type = typeTable.get(typeName);
    schema = type === undefined ? deduced : schemaOfType(type);
    schemas.set(typeName, schema);
  }
  return schema;
}

function schemaOfType(type: TypeInfo): MergeSchema {
  if (type.fields === undefined) return type.type === 'object' || type.type === 'any' ? deduced : scalar;
  return mapSchema(type.fields, type.mapType === 'atomic');
}

function mapSchema(fields: Readonly<Record<string, FieldInfo>>, atomic: boolean, patchStrategy?: string): MapSchema {
  const members = new Map<string, MergeSchema>();
  return {
    kind: 'map',
    atomic,
    ...(patchStrategy === undefined ? {} : { patchStrategy }),
    field(name) {
      const known = members.get(name);
      if (known !== undefined) return known;
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) return undefined;
      const schema = schemaOfField(field);
      members.set(name, schema);
      return schema;
    },
  };
}

function schemaOfField(field: FieldInfo): MergeSchema {
  if (field.mapOfArrays)
    return mapOf({ kind: 'list', listType: 'atomic', keys: [], keyDefaults: {}, element: () => scalar });
  if (field.map) return mapOf(schemaOfName(field.type), field.mapType === 'atomic');
  if (field.array) return listSchema(field);
  return withFieldTraits(schemaOfName(field.type), field);
}

/** A field may say more of its map than the map's type: atomic for this field only, or a patch strategy. */
function withFieldTraits(schema: MergeSchema, field: FieldInfo): MergeSchema {
  if (schema.kind !== 'map' || (field.mapType === undefined && field.patchStrategy === undefined)) return schema;
  return {
    kind: 'map',
    atomic: field.mapType === undefined ? schema.atomic : field.mapType === 'atomic',
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
    field: (name) => schema.field(name),
  };
}

function mapOf(value: MergeSchema, atomic = false): MapSchema {
  return { kind: 'map', atomic, field: () => value };
}

function listSchema(field: FieldInfo): ListSchema {
  const keys = field.listMapKeys ?? [];
  return {
    kind: 'list',
    listType: field.listType ?? 'atomic',
    keys,
    keyDefaults: Object.fromEntries(keys.flatMap((key) => (key in keyDefaults ? [[key, keyDefaults[key]]] : []))),
    element: () => schemaOfName(field.type),
    ...(field.patchStrategy === undefined ? {} : { patchStrategy: field.patchStrategy }),
    ...(field.patchMergeKey === undefined ? {} : { patchMergeKey: field.patchMergeKey }),
  };
}

function schemaOfName(type: string): MergeSchema {
  if (!type.includes('.')) return type === 'object' ? deduced : scalar;
  return mergeSchemaOf(type);
}
