/**
 * `fieldPath` of a rule: `.spec.replicas` or `.data['my.key']`, relative to the rule's node; list indexes aren't allowed.
 */
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';

const PART = /\.([A-Za-z_][A-Za-z0-9_-]*)|\['((?:[^'\\]|\\.)*)'\]/y;

/** The names along the path; undefined when it isn't one. */
function namesOf(fieldPath: string): string[] | undefined {
  const path = fieldPath.trim();
  const names: string[] = [];
  for (let at = 0; at < path.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(path);
    if (match === null) return undefined;
    names.push(match[1] ?? (match[2] ?? '').replace(/\\(.)/g, '$1'));
  }
  return names.length === 0 ? undefined : names;
}

/** The path as errors print it, to be put behind the node's own; undefined when it isn't one. */
export function fieldPathOf(fieldPath: string): string | undefined {
  return namesOf(fieldPath)
    ?.map((name) => (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `.${name}` : `[${name}]`))
    .join('');
}

/** Why the path leads nowhere in the schema; undefined when it does. */
export function fieldPathProblem(fieldPath: string, schema: JSONSchemaProps): string | undefined {
  const names = namesOf(fieldPath);
  if (names === undefined) return 'fieldPath must be a valid path: does not refer to a valid field';
  let current: JSONSchemaProps | undefined = schema;
  for (const name of names) {
    const properties: Readonly<Record<string, JSONSchemaProps>> = current?.properties ?? {};
    const additional: JSONSchemaProps | boolean | undefined = current?.additionalProperties;
    const byName: JSONSchemaProps | undefined = Object.hasOwn(properties, name) ? properties[name] : undefined;
    current = byName ?? (typeof additional === 'object' ? additional : undefined);
    if (current === undefined) return 'does not refer to a valid field';
  }
  return undefined;
}
