/**
 * The shape of a new object: its members' names in their order, which of them hold maps, lists and scalars, and by which
 * values the elements of lists are told apart.
 *
 * Objects of one shape and one schema have one set of fields. So the next object's set is known after a walk that compares
 * names, looks nothing up and takes no memory.
 */
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import { member } from '../json-tools.ts';
import type { ListSchema, MapSchema, MergeSchema } from '../merge-schema.ts';
import { emptyFieldSet } from './field-set.ts';
import { deduced, listSchemaFor, mapSchemaFor } from './field-set-of-value.ts';
import { fieldElement, listElements } from './path-element.ts';
import { isUntrackedMetadata } from './tracked-part.ts';

export type ObjectShape = readonly Part[];

/** One member of a map, or one element of a list. */
interface Part {
  /** Empty for elements. */
  readonly name: string;
  /** Nobody owns it: it may hold what it likes. */
  readonly untracked: boolean;
  readonly schema: MergeSchema;
  /** What is inside of a map that is walked; undefined for everything else. */
  readonly members: ObjectShape | undefined;
  /** The same of a list. */
  readonly elements: readonly Element[] | undefined;
}

interface Element {
  /** Values by which it is told from others, as `keysOf` has them. */
  readonly keys: readonly unknown[];
  readonly part: Part;
}

const untracked = { untracked: true, schema: deduced, members: undefined, elements: undefined };

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
          : memberPart(name, value, fields, schema);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function metadataPart(metadata: unknown, node: FieldsV1, schema: MapSchema): Part | undefined {
  if (!isJsonObject(metadata)) return undefined;
  const inside: Part[] = [];
  for (const name of Object.keys(metadata)) {
    const part = isUntrackedMetadata(name) ? { name, ...untracked } : memberPart(name, metadata[name], node, schema);
    if (part === undefined) return undefined;
    inside.push(part);
  }
  return { name: 'metadata', untracked: false, schema, members: inside, elements: undefined };
}

function memberPart(name: string, value: unknown, siblings: FieldsV1, parent: MapSchema): Part | undefined {
  const node = siblings[fieldElement(name)];
  return node === undefined ? undefined : partOf(name, value, node, parent.field(name) ?? deduced);
}

function partOf(name: string, value: unknown, node: FieldsV1, schema: MergeSchema): Part | undefined {
  const map = mapSchemaFor(schema, value);
  const list = listSchemaFor(schema, value);
  // A member without a value is no member; too rare to be told apart.
  if (value === undefined) return undefined;
  let members: ObjectShape | undefined;
  let elements: readonly Element[] | undefined;
  if (map !== undefined && isJsonObject(value)) {
    members = membersOf(value, node, map);
    if (members === undefined) return undefined;
  } else if (list !== undefined && Array.isArray(value) && value.length > 0) {
    elements = elementsOf(value, node, list);
    if (elements === undefined) return undefined;
  }
  return { name, untracked: false, schema, members, elements };
}

function membersOf(value: Readonly<Record<string, unknown>>, node: FieldsV1, schema: MapSchema): Part[] | undefined {
  const parts: Part[] = [];
  for (const name of Object.keys(value)) {
    const part = memberPart(name, value[name], node, schema);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

/** Undefined when elements cannot be told apart. */
function elementsOf(items: readonly unknown[], node: FieldsV1, schema: ListSchema): Element[] | undefined {
  const names = listElements(schema, items);
  if (names === undefined) return undefined;
  const elements: Element[] = [];
  for (const [index, name] of names.entries()) {
    // Elements that come twice are owned without what is inside: they have no parts there.
    const inside = node[name];
    const part = inside === undefined ? undefined : partOf('', items[index], inside, schema.element());
    if (part === undefined) return undefined;
    elements.push({ keys: keysOf(items[index], schema), part });
  }
  return elements;
}

function keysOf(item: unknown, schema: ListSchema): readonly unknown[] {
  return schema.listType === 'set' ? [item] : schema.keys.map((key) => keyOf(item, key, schema));
}

function keyOf(item: unknown, key: string, schema: ListSchema): unknown {
  return (isJsonObject(item) ? member(item, key) : undefined) ?? schema.keyDefaults[key];
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
  if (part.members !== undefined) return isJsonObject(value) && hasShape(value, part.members);
  if (part.elements !== undefined) return Array.isArray(value) && hasElements(value, part.elements, part.schema);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (!Array.isArray(value)) return mapSchemaFor(part.schema, value) === undefined;
  return value.length === 0 || listSchemaFor(part.schema, value) === undefined;
}

function hasElements(items: readonly unknown[], elements: readonly Element[], schema: MergeSchema): boolean {
  const list = listSchemaFor(schema, items);
  if (list === undefined || items.length !== elements.length) return false;
  return elements.every(({ keys, part }, index) => hasKeys(items[index], keys, list) && fits(items[index], part));
}

/** Keys are scalars nearly always: others never count as the same here. */
function hasKeys(item: unknown, keys: readonly unknown[], schema: ListSchema): boolean {
  if (schema.listType === 'set') return item === keys[0];
  return schema.keys.every((key, index) => keyOf(item, key, schema) === keys[index]);
}
