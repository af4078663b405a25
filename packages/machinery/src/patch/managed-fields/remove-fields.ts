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

/**
 * The value without the fields and list elements that are paths of the set. Containers that this empties go as well:
 * then the result is undefined. The value is not changed; parts without removals are shared.
 */
export function removeFields(value: JsonValue, set: FieldsV1, schema: MergeSchema): JsonValue | undefined {
  if (isEmptyFieldSet(set)) return value;
  if (Array.isArray(value)) {
    const listSchema = listSchemaFor(schema, value);
    return listSchema === undefined ? value : removeItems(value, set, listSchema);
  }
  const mapSchema = mapSchemaFor(schema, value);
  return mapSchema === undefined || !isJsonObject(value) ? value : removeMembers(value, set, mapSchema);
}

function removeMembers(value: JsonObject, set: FieldsV1, schema: MapSchema): JsonObject | undefined {
  const result: JsonObject = {};
  let removed = false;
  for (const name of Object.keys(value)) {
    const rest = removeChild(value[name], set[fieldElement(name)], schema.field(name) ?? { kind: 'deduced' });
    if (rest === undefined) removed = true;
    else setMember(result, name, rest);
  }
  return removed && Object.keys(result).length === 0 ? undefined : result;
}

function removeItems(items: readonly JsonValue[], set: FieldsV1, schema: ListSchema): JsonValue[] | undefined {
  const elementSchema = schema.element();
  const result = items.flatMap((item) => {
    const element = listElement(schema, item);
    const rest = removeChild(item, element === undefined ? undefined : set[element], elementSchema);
    return rest === undefined ? [] : [rest];
  });
  return items.length > 0 && result.length === 0 ? undefined : result;
}

function removeChild(
  value: JsonValue | undefined,
  node: FieldsV1 | undefined,
  schema: MergeSchema,
): JsonValue | undefined {
  if (value === undefined || node === undefined) return value;
  return isMember(node) ? undefined : removeFields(value, node, schema);
}
