/**
 * The shape of a new object: its members' names in their order, and which of them hold maps, lists and scalars.
 *
 * Objects of one shape and one schema have one set of fields, but for lists whose elements are told apart by their values.
 * So the next object's set is known after a walk that compares names, looks nothing up and takes no memory.
 */
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import type { MapSchema, MergeSchema } from '../merge-schema.ts';
import { emptyFieldSet, equalFieldSets, isEmptyFieldSet } from './field-set.ts';
import { deduced, listSchemaFor, mapSchemaFor, nodeOfValue } from './field-set-of-value.ts';
import { fieldElement } from './path-element.ts';
import { isUntrackedMetadata } from './tracked-part.ts';

export type ObjectShape = readonly Part[];

/** One member. */
interface Part {
  readonly name: string;
  /** Nobody owns it: it may hold what it likes. */
  readonly untracked: boolean;
  /** What is inside of a map that is walked; undefined for everything else. */
  readonly inside: ObjectShape | undefined;
  readonly schema: MergeSchema;
  /** The member's node in the set. */
  readonly node: FieldsV1;
  /** The node has nothing inside. */
  readonly isLeaf: boolean;
  /** Whether the member's own path counts. */
  readonly own: boolean;
}

const untracked = {
  untracked: true,
  inside: undefined,
  schema: deduced,
  node: emptyFieldSet,
  isLeaf: true,
  own: false,
};

/** The shape of an object that has these fields; undefined when it isn't worth knowing. */
export function shapeOfObject(object: Unstructured, fields: FieldsV1, schema: MergeSchema): ObjectShape | undefined {
  if (schema.kind !== 'map' || schema.atomic) return undefined;
  const metadataSchema = schema.field('metadata');
  if (metadataSchema?.kind !== 'map') return undefined;
  const parts: Part[] = [];
  for (const name of Object.keys(object)) {
    const value = object[name];
    const part =
      name === 'apiVersion' || name === 'kind'
        ? { name, ...untracked }
        : name === 'metadata'
          ? metadataPart(value, fields['f:metadata'] ?? emptyFieldSet, metadataSchema)
          : partOf(name, value, fields, schema);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function metadataPart(metadata: unknown, node: FieldsV1, schema: MapSchema): Part | undefined {
  if (!isJsonObject(metadata)) return undefined;
  const inside: Part[] = [];
  for (const name of Object.keys(metadata)) {
    const part = isUntrackedMetadata(name) ? { name, ...untracked } : partOf(name, metadata[name], node, schema);
    if (part === undefined) return undefined;
    inside.push(part);
  }
  return { name: 'metadata', untracked: false, inside, schema, node, isLeaf: false, own: false };
}

function partOf(name: string, value: unknown, siblings: FieldsV1, parent: MapSchema): Part | undefined {
  const node = siblings[fieldElement(name)];
  // A member without a value is no member; too rare to be told apart.
  if (node === undefined || value === undefined) return undefined;
  const schema = parent.field(name) ?? deduced;
  const own = parent.alwaysPresent?.(name) !== true;
  const map = mapSchemaFor(schema, value);
  const inside = map === undefined || !isJsonObject(value) ? undefined : partsOf(value, node, map);
  if (map !== undefined && inside === undefined) return undefined;
  return { name, untracked: false, inside, schema, node, isLeaf: isEmptyFieldSet(node), own };
}

function partsOf(value: Readonly<Record<string, unknown>>, node: FieldsV1, schema: MapSchema): Part[] | undefined {
  const parts: Part[] = [];
  for (const name of Object.keys(value)) {
    const part = partOf(name, value[name], node, schema);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

/** Whether the object has the fields of the one that the shape was made of; false when it may have others. */
export function hasShape(object: Readonly<Record<string, unknown>>, shape: ObjectShape): boolean {
  let turn = 0;
  for (const name in object) {
    const part = turn < shape.length ? shape[turn] : undefined;
    if (part === undefined || part.name !== name || !(part.untracked || fits(object[name], part))) return false;
    turn++;
  }
  return turn === shape.length;
}

function fits(value: unknown, part: Part): boolean {
  if (part.inside !== undefined) return isJsonObject(value) && hasShape(value, part.inside);
  if (typeof value !== 'object' || value === null) return part.isLeaf && value !== undefined;
  if (!Array.isArray(value)) return part.isLeaf && mapSchemaFor(part.schema, value) === undefined;
  if (value.length === 0 || listSchemaFor(part.schema, value) === undefined) return part.isLeaf;
  return equalFieldSets(nodeOfValue(value, part.schema, 'added', part.own), part.node);
}
