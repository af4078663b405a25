/**
 * Where one structural schema refuses or drops what another one took: objects that are stored already would become invalid
 * or lose fields. Compares `openAPIV3Schema`s of custom resource definitions; an empty answer means that all objects stay
 * as they are, as far as that can be told without looking at them.
 */
import { deepEqual, encodeJsonText, isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';

export interface Tightening {
  /** Path of the field in an object: `spec.rules[].port`; empty for the object itself. */
  readonly path: string;
  readonly detail: string;
}

export function schemaTightenings(before: JsonObject, after: JsonObject): Tightening[] {
  return compare(before, after, '');
}

function compare(before: JsonObject, after: JsonObject, path: string): Tightening[] {
  if (deepEqual(before, after)) return [];
  return [
    ...typeProblems(before, after),
    ...limitProblems(before, after),
    ...enumProblems(before, after),
    ...ruleProblems(before, after),
    ...requiredProblems(before, after),
  ]
    .map((detail) => ({ path, detail }))
    .concat(memberProblems(before, after, path));
}

function typeProblems(before: JsonObject, after: JsonObject): string[] {
  const problems: string[] = [];
  const [old, type] = [before['type'], after['type']];
  const widened = old === 'integer' && type === 'number';
  const free = (schema: JsonObject): boolean =>
    schema['x-kubernetes-preserve-unknown-fields'] === true && schema['type'] === undefined;
  if (old !== type && !widened && !free(after) && type !== undefined) {
    problems.push(`type changes from ${text(old)} to ${text(type)}`);
  }
  if (before['nullable'] === true && after['nullable'] !== true) problems.push('null is no longer allowed');
  if (before['x-kubernetes-int-or-string'] === true && after['x-kubernetes-int-or-string'] !== true) {
    problems.push('is no longer both, an integer or a string');
  }
  const preserves = 'x-kubernetes-preserve-unknown-fields';
  if (before[preserves] === true && after[preserves] !== true && before['type'] !== 'array') {
    problems.push('unknown fields are no longer kept');
  }
  return problems;
}

const LOWER_LIMITS = ['minimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_LIMITS = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
/** A new or another value refuses what the old one took. */
const EXACT_RULES = ['pattern', 'format', 'multipleOf', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'];
const FLAGS = ['exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems'];

function limitProblems(before: JsonObject, after: JsonObject): string[] {
  const problems: string[] = [];
  const changes = (name: string, isTighter: (old: number, limit: number) => boolean): void => {
    const [old, limit] = [before[name], after[name]];
    if (typeof limit !== 'number') return;
    if (typeof old !== 'number') problems.push(`${name} of ${limit} is new`);
    else if (isTighter(old, limit)) problems.push(`${name} changes from ${old} to ${limit}`);
  };
  for (const name of LOWER_LIMITS) changes(name, (old, limit) => limit > old);
  for (const name of UPPER_LIMITS) changes(name, (old, limit) => limit < old);
  for (const name of EXACT_RULES) {
    const rule = after[name];
    if (rule !== undefined && !deepEqual(before[name], rule)) problems.push(`${name} becomes ${encodeJsonText(rule)}`);
  }
  for (const name of FLAGS) if (after[name] === true && before[name] !== true) problems.push(`${name} is new`);
  return problems;
}

function enumProblems(before: JsonObject, after: JsonObject): string[] {
  const [old, values] = [before['enum'], after['enum']];
  if (!Array.isArray(values)) return [];
  if (!Array.isArray(old)) return [`only ${values.map(encode).join(', ')} are allowed`];
  const gone = old.filter((value) => !values.some((other) => deepEqual(other, value)));
  return gone.length === 0 ? [] : [`${gone.map(encode).join(', ')} no longer allowed`];
}

/** CEL rules and logical combinations can't be compared: what is new may refuse something. */
function ruleProblems(before: JsonObject, after: JsonObject): string[] {
  const rulesOf = (schema: JsonObject): string[] => {
    const rules = schema['x-kubernetes-validations'];
    if (!Array.isArray(rules)) return [];
    return rules.filter(isJsonObject).map(({ rule }) => text(rule));
  };
  const known = rulesOf(before);
  const problems = rulesOf(after)
    .filter((rule) => !known.includes(rule))
    .map((rule) => `a rule is new: ${rule}`);
  for (const name of ['allOf', 'anyOf', 'oneOf', 'not']) {
    if (after[name] !== undefined && !deepEqual(before[name], after[name])) problems.push(`${name} is new or another`);
  }
  return problems;
}

function requiredProblems(before: JsonObject, after: JsonObject): string[] {
  const known = textsOf(before['required']);
  const properties = objectOf(after['properties']);
  return (
    textsOf(after['required'])
      .filter((name) => !known.includes(name))
      // Defaults are filled in when stored objects are read.
      .filter((name) => objectOf(properties[name])['default'] === undefined)
      .map((name) => `field ${name} is now required`)
  );
}

function memberProblems(before: JsonObject, after: JsonObject, path: string): Tightening[] {
  const problems: Tightening[] = [];
  const [old, properties] = [objectOf(before['properties']), objectOf(after['properties'])];
  const takesAny =
    after['x-kubernetes-preserve-unknown-fields'] === true || isJsonObject(after['additionalProperties']);
  for (const name of Object.keys(old)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (Object.hasOwn(properties, name)) problems.push(...compare(objectOf(old[name]), objectOf(properties[name]), at));
    else if (!takesAny) problems.push({ path: at, detail: 'the field is gone, its values would be dropped' });
  }
  if (isJsonObject(before['items']) && isJsonObject(after['items'])) {
    problems.push(...compare(before['items'], after['items'], `${path}[]`));
  }
  const [map, values] = [before['additionalProperties'], after['additionalProperties']];
  if (isJsonObject(map) && isJsonObject(values)) problems.push(...compare(map, values, `${path}{}`));
  else if (isJsonObject(map) && values !== true && !takesAny) {
    problems.push({ path, detail: 'keys of any name are no longer kept' });
  }
  return problems;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'none';
}

function encode(value: JsonValue): string {
  return encodeJsonText(value);
}
