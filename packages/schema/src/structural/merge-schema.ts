/**
 * The MergeSchema of a custom resource: how apply merges its fields, from `x-kubernetes-list-type`, `-map-keys` and
 * `-map-type` (KEP-555). Built lazily, member by member.
 */
import type { MapSchema, MergeSchema } from '@kindred/machinery';
import { childOf, memberOf, type StructuralSchema } from './structural-schema.ts';

const scalar: MergeSchema = { kind: 'scalar' };
const scalarOfType: Readonly<Record<string, MergeSchema>> = {
  integer: { kind: 'scalar', type: 'numeric' },
  number: { kind: 'scalar', type: 'numeric' },
  string: { kind: 'scalar', type: 'string' },
  boolean: { kind: 'scalar', type: 'boolean' },
};
const deduced: MergeSchema = { kind: 'deduced' };

const labels: MapSchema = { kind: 'map', atomic: false, field: () => scalar, declares: () => false };

const ownerReferences: MergeSchema = {
  kind: 'list',
  listType: 'map',
  keys: ['uid'],
  keyDefaults: {},
  element: () => ({ kind: 'map', atomic: true, field: () => scalar, declares: () => true }),
  patchStrategy: 'merge',
  patchMergeKey: 'uid',
};

const finalizers: MergeSchema = {
  kind: 'list',
  listType: 'set',
  keys: [],
  keyDefaults: {},
  element: () => scalar,
  patchStrategy: 'merge',
};

/** ObjectMeta, as every resource has it: granular labels and annotations, finalizers a set, owners by uid. */
export const objectMetaMergeSchema: MapSchema = {
  kind: 'map',
  atomic: false,
  declares: () => true,
  field(name) {
    if (name === 'labels' || name === 'annotations') return labels;
    if (name === 'ownerReferences') return ownerReferences;
    if (name === 'finalizers') return finalizers;
    return name === 'managedFields' ? deduced : scalar;
  },
};

/** The merge schema of a whole custom resource: its schema's fields with apiVersion, kind and metadata. */
export function mergeSchemaOfStructural(schema: StructuralSchema): MergeSchema {
  return resourceSchema(schema);
}

function resourceSchema(schema: StructuralSchema): MergeSchema {
  const own = mapSchema(schema);
  return {
    kind: 'map',
    atomic: false,
    declares: (name) => isResourceField(name) || own.declares(name),
    // Every object has metadata: nobody owns it as such, only what is inside.
    alwaysPresent: (name) => name === 'metadata',
    field(name) {
      if (name === 'metadata') return objectMetaMergeSchema;
      return isResourceField(name) ? scalar : own.field(name);
    },
  };
}

function nodeSchema(schema: StructuralSchema): MergeSchema {
  if (schema.types[0] === 'array') return listSchema(schema);
  if (schema.types[0] === 'object') return schema.embeddedResource ? resourceSchema(schema) : mapSchema(schema);
  const [type, ...others] = schema.types;
  if (type === undefined) return deduced;
  return others.length === 0 ? (scalarOfType[type] ?? scalar) : scalar;
}

function mapSchema(schema: StructuralSchema): MapSchema {
  const fields = new Map<string, MergeSchema>();
  return {
    kind: 'map',
    atomic: schema.source['x-kubernetes-map-type'] === 'atomic',
    declares: (name) => schema.properties.has(name),
    field(name) {
      const known = fields.get(name);
      if (known !== undefined) return known;
      const member = memberOf(schema, name);
      if (member === undefined) return schema.preserveUnknownFields ? deduced : undefined;
      const child = childOf(member);
      const made = child === undefined ? deduced : nodeSchema(child);
      // Additional properties are not remembered: their names come from objects and have no bound.
      if (schema.properties.has(name)) fields.set(name, made);
      return made;
    },
  };
}

function listSchema(schema: StructuralSchema): MergeSchema {
  const items = schema.items === undefined ? undefined : childOf(schema.items);
  let element: MergeSchema | undefined;
  return {
    kind: 'list',
    listType: schema.listType,
    keys: schema.listMapKeys,
    keyDefaults: keyDefaults(schema),
    element: () => (element ??= items === undefined ? deduced : nodeSchema(items)),
  };
}

function isResourceField(name: string): boolean {
  return name === 'metadata' || name === 'apiVersion' || name === 'kind';
}

function keyDefaults(schema: StructuralSchema): Record<string, unknown> {
  const properties = schema.items?.source?.properties ?? {};
  const defaults: Record<string, unknown> = {};
  for (const key of schema.listMapKeys) {
    const value = Object.hasOwn(properties, key) ? properties[key]?.default : undefined;
    if (value !== undefined) defaults[key] = value;
  }
  return defaults;
}
