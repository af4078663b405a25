/**
 * Whether a schema has `x-kubernetes-validations`: rules in the Common Expression Language. `validation-rules/` compiles
 * and evaluates them.
 */
import { isSchemaList, type JSONSchemaProps } from './json-schema-props.ts';

/** True when the schema or one below it has rules: then an object that passes `validateValue` may still be invalid. */
export function hasValidationRules(schema: JSONSchemaProps): boolean {
  return schemaHas(schema, (node) => (node['x-kubernetes-validations']?.length ?? 0) > 0);
}

/** True when the predicate holds for the schema or any schema below it. Safe for schemas that refer to themselves. */
export function schemaHas(schema: JSONSchemaProps, predicate: (node: JSONSchemaProps) => boolean): boolean {
  const pending: JSONSchemaProps[] = [schema];
  const seen = new Set<JSONSchemaProps>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (predicate(node)) return true;
    pending.push(...childSchemas(node));
  }
  return false;
}

function childSchemas(node: JSONSchemaProps): JSONSchemaProps[] {
  const children: JSONSchemaProps[] = Object.values(node.properties ?? {});
  const { items, additionalProperties } = node;
  if (items !== undefined) children.push(...(isSchemaList(items) ? items : [items]));
  if (typeof additionalProperties === 'object') children.push(additionalProperties);
  children.push(...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? []));
  if (node.not !== undefined) children.push(node.not);
  return children;
}
