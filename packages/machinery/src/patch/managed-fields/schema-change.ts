/**
 * Keeps field sets right when a kind's schema changes between granular and atomic.
 *
 * A set that was written for a granular map or list, which is atomic by now, becomes the one path of the whole. The
 * other way round the path becomes those of everything that the live object has inside, but only where no manager owns
 * anything inside yet: a path without children is also what is left to a manager whose fields others have taken over.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../object/json.ts';
import type { FieldsV1 } from '../../object/meta.ts';
import { member } from '../json-tools.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { isEmptyFieldSet, LEAF } from './field-set.ts';
import { nodeOfValue } from './field-set-of-value.ts';
import type { FieldManager, FieldManagers } from './managers.ts';
import { schemaAt } from './named-fields.ts';
import { fieldNameOf, listElement, SELF } from './path-element.ts';

/** The managers with sets as they have to be under today's schema of the live object. */
export function reconcileManagers(managers: FieldManagers, live: JsonObject, schema: MergeSchema): FieldManagers {
  if (schema.kind === 'deduced' || managers.size === 0) return managers;
  const root: Root = { live, schema, sets: [...managers.values()].map((manager) => manager.fields) };
  let result: Map<string, FieldManager> | undefined;
  for (const [key, manager] of managers) {
    const fields = reconcileChildren(manager.fields, schema, undefined, root);
    if (fields !== manager.fields) (result ??= new Map(managers)).set(key, { ...manager, fields });
  }
  return result ?? managers;
}

interface Root {
  readonly live: JsonObject;
  readonly schema: MergeSchema;
  readonly sets: readonly FieldsV1[];
}

/** The way to a node from the root, last element first. */
interface Path {
  readonly element: string;
  readonly parent: Path | undefined;
}

function reconcileChildren(node: FieldsV1, schema: MergeSchema, path: Path | undefined, root: Root): FieldsV1 {
  let result: FieldsV1 | undefined;
  for (const element in node) {
    const child = node[element];
    const childSchema = element === SELF ? undefined : schemaAt(schema, element);
    if (child === undefined || childSchema === undefined) continue;
    if (childSchema.kind === 'scalar' || childSchema.kind === 'deduced') continue;
    const reconciled = reconcileNode(child, childSchema, { element, parent: path }, root);
    if (reconciled !== child) (result ??= { ...node })[element] = reconciled;
  }
  return result ?? node;
}

function reconcileNode(node: FieldsV1, schema: MergeSchema, path: Path, root: Root): FieldsV1 {
  if (isAtomic(schema)) return isEmptyFieldSet(node) ? node : LEAF;
  if (!isEmptyFieldSet(node)) return reconcileChildren(node, schema, path, root);
  const elements = elementsOf(path);
  const live = valueAt(elements, root);
  const nothingInside = typeof live !== 'object' || live === null || Object.keys(live).length === 0;
  if (nothingInside || !root.sets.every((set) => isLeafAt(set, elements))) return node;
  return nodeOfValue(live, schema, 'applied', true);
}

function isAtomic(schema: MergeSchema): boolean {
  return schema.kind === 'map' ? schema.atomic : schema.kind === 'list' && schema.listType === 'atomic';
}

function elementsOf(path: Path): string[] {
  const elements: string[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.parent) elements.unshift(at.element);
  return elements;
}

function isLeafAt(set: FieldsV1, elements: readonly string[]): boolean {
  let node: FieldsV1 | undefined = set;
  for (const element of elements) {
    node = node[element];
    if (node === undefined) return true;
  }
  return isEmptyFieldSet(node);
}

function valueAt(elements: readonly string[], root: Root): JsonValue | undefined {
  let value: JsonValue | undefined = root.live;
  let schema: MergeSchema | undefined = root.schema;
  for (const element of elements) {
    value = schema === undefined ? undefined : childAt(value, element, schema);
    schema = schema === undefined ? undefined : schemaAt(schema, element);
  }
  return value;
}

function childAt(value: JsonValue | undefined, element: string, schema: MergeSchema): JsonValue | undefined {
  const name = fieldNameOf(element);
  if (name !== undefined) return isJsonObject(value) ? member(value, name) : undefined;
  if (!Array.isArray(value) || schema.kind !== 'list' || schema.listType === 'atomic') return undefined;
  return value.find((item) => listElement(schema, item) === element);
}
