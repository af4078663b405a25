/**
 * Fields that a schema names, inside field sets. Applied sets leave them out when they are containers: `spec` is not a
 * path of a set that has `spec.replicas`. Pruning needs them back, so that a container goes with its last field.
 */
import type { FieldsV1 } from '../../object/meta.ts';
import type { MergeSchema } from '../merge-schema.ts';
import { LEAF, withSelf } from './field-set.ts';
import { fieldNameOf, SELF } from './path-element.ts';

/** The schema of what an element leads to; undefined when the schema has nothing there. */
export function schemaAt(schema: MergeSchema, element: string): MergeSchema | undefined {
  const name = fieldNameOf(element);
  if (schema.kind === 'map') return name === undefined ? undefined : schema.field(name);
  if (schema.kind === 'deduced') return schema;
  return schema.kind === 'list' && name === undefined ? schema.element() : undefined;
}

/** The set with every named field that has paths below it as a path of its own. */
export function withNamedFields(node: FieldsV1, schema: MergeSchema): FieldsV1 {
  const result: FieldsV1 = {};
  for (const element of Object.keys(node)) {
    const child = node[element] ?? LEAF;
    const childSchema = element === SELF ? undefined : schemaAt(schema, element);
    const named = childSchema === undefined ? child : withNamedFields(child, childSchema);
    result[element] = isNamed(schema, element) ? withSelf(named) : named;
  }
  return result;
}

function isNamed(schema: MergeSchema, element: string): boolean {
  const name = fieldNameOf(element);
  return name !== undefined && schema.kind === 'map' && schema.declares(name);
}
