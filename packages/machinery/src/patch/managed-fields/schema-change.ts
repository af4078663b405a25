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
  const sets = [...managers.values()].map((manager) => manager.fields);
  const result = new Map<string, FieldManager>();
  for (const [key, manager] of managers) {
    const fields = reconcileChildren({ node: manager.fields, all: sets, live, schema });
    result.set(key, fields === manager.fields ? manager : { ...manager, fields });
  }
  return result;
}

/** A node of one manager's set, the nodes of all managers at that path, and what is there. */
interface Spot {
  readonly node: FieldsV1;
  readonly all: readonly FieldsV1[];
  readonly live: JsonValue | undefined;
  readonly schema: MergeSchema;
}

function reconcileChildren(spot: Spot): FieldsV1 {
  let result: FieldsV1 | undefined;
  for (const element of Object.keys(spot.node)) {
    if (element === SELF) continue;
    const child = spot.node[element] ?? LEAF;
    const schema = schemaAt(spot.schema, element);
    if (schema === undefined || schema.kind === 'scalar' || schema.kind === 'deduced') continue;
    const all = spot.all.flatMap((node) => node[element] ?? []);
    const reconciled = reconcileNode({ node: child, all, live: valueAt(spot, element), schema });
    if (reconciled !== child) (result ??= { ...spot.node })[element] = reconciled;
  }
  return result ?? spot.node;
}

function reconcileNode(spot: Spot): FieldsV1 {
  const { node, live, schema } = spot;
  if (isAtomic(schema)) return isEmptyFieldSet(node) ? node : LEAF;
  if (!isEmptyFieldSet(node)) return reconcileChildren(spot);
  return spot.all.every(isEmptyFieldSet) ? nodeOfValue(live, schema, 'applied', true) : node;
}

function isAtomic(schema: MergeSchema): boolean {
  return schema.kind === 'map' ? schema.atomic : schema.kind === 'list' && schema.listType === 'atomic';
}

function valueAt({ live, schema }: Spot, element: string): JsonValue | undefined {
  const name = fieldNameOf(element);
  if (name !== undefined) return isJsonObject(live) ? member(live, name) : undefined;
  if (!Array.isArray(live) || schema.kind !== 'list' || schema.listType === 'atomic') return undefined;
  return live.find((item) => listElement(schema, item) === element);
}
