/**
 * Takes the fields of a set out of a value.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../object/json.ts';
import type { FieldsV1 } from '../../object/meta.ts';
import { setMember } from '../../object/set-member.ts';
import type { ListSchema, MapSchema, MergeSchema } from '../merge-schema.ts';
import { isEmptyFieldSet, isMember } from './field-set.ts';
import { listSchemaFor, mapSchemaFor } from './field-set-of-value.ts';
import { fieldElement, listElement } from './path-element.ts';

export interface Removal {
  /** What to take out. */
  readonly remove: FieldsV1;
  /** Containers at these paths stay when they lose all they have; others go with their last field. */
  readonly keep: FieldsV1 | undefined;
}

/**
 * The value without the fields and list elements that are paths of the set; undefined when that empties it. The value
 * is not changed; parts without removals are shared.
 */
export function removeFields(value: JsonValue, removal: Removal, schema: MergeSchema): JsonValue | undefined {
  if (isEmptyFieldSet(removal.remove)) return value;
  if (Array.isArray(value)) {
    const listSchema = listSchemaFor(schema, value);
    return listSchema === undefined ? value : removeItems(value, removal, listSchema);
  }
  const mapSchema = mapSchemaFor(schema, value);
  return mapSchema === undefined || !isJsonObject(value) ? value : removeMembers(value, removal, mapSchema);
}

function removeMembers(value: JsonObject, removal: Removal, schema: MapSchema): JsonObject | undefined {
  const result: JsonObject = {};
  let empty = true;
  for (const name of Object.keys(value)) {
    const childSchema = schema.field(name) ?? { kind: 'deduced' };
    const rest = removeChild(value[name], removal, fieldElement(name), childSchema);
    if (rest === undefined) continue;
    setMember(result, name, rest);
    empty = false;
  }
  return empty && !stays(removal) ? undefined : result;
}

function removeItems(items: readonly JsonValue[], removal: Removal, schema: ListSchema): JsonValue[] | undefined {
  const elementSchema = schema.element();
  const result = items.flatMap((item) => {
    const rest = removeChild(item, removal, listElement(schema, item), elementSchema);
    return rest === undefined ? [] : [rest];
  });
  return result.length === 0 && !stays(removal) ? undefined : result;
}

function stays({ keep }: Removal): boolean {
  return keep !== undefined && isMember(keep);
}

function removeChild(
  value: JsonValue | undefined,
  { remove, keep }: Removal,
  element: string | undefined,
  schema: MergeSchema,
): JsonValue | undefined {
  const node = element === undefined ? undefined : remove[element];
  if (value === undefined || element === undefined || node === undefined) return value;
  return isMember(node) ? undefined : removeFields(value, { remove: node, keep: keep?.[element] }, schema);
}
