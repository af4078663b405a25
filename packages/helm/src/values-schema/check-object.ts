/** The keywords for objects. */
import { compareText } from '../go/compare-text.ts';
import type { GoMap } from '../go/value.ts';
import { add, type Evaluation, fail, failure } from './evaluation.ts';
import { quoted } from './json-value.ts';
import { grouped } from './number-words.ts';

export function checkObject(evaluation: Evaluation, object: GoMap): void {
  const { schema, quiet, failures, run } = evaluation;
  checkSize(evaluation, object);
  if (quiet && failures.length > 0) return;
  for (const [name, dependency] of schema.dependencies ?? []) {
    if (!object.has(name)) continue;
    if ('location' in dependency) add(evaluation, run.same(evaluation, dependency));
    else requireMembers(evaluation, object, name, dependency);
  }
  checkMembers(evaluation, object);
  if (schema.propertyNames !== undefined) checkNames(evaluation, object);
  for (const [name, dependent] of schema.dependentSchemas ?? []) {
    if (object.has(name)) add(evaluation, run.same(evaluation, dependent));
  }
  for (const [name, required] of schema.dependentRequired ?? []) {
    if (object.has(name)) requireMembers(evaluation, object, name, required);
  }
}

const joined = (names: readonly string[]): string => names.map(quoted).join(', ');

function checkSize(evaluation: Evaluation, object: GoMap): void {
  const { minProperties, maxProperties, required = [] } = evaluation.schema;
  const { size } = object;
  if (minProperties !== undefined && size < minProperties) {
    fail(evaluation, () => `minProperties: got ${grouped(size)}, want ${grouped(minProperties)}`);
  }
  if (maxProperties !== undefined && size > maxProperties) {
    fail(evaluation, () => `maxProperties: got ${grouped(size)}, want ${grouped(maxProperties)}`);
  }
  const missing = required.filter((name) => !object.has(name));
  if (missing.length === 0) return;
  fail(evaluation, () => `missing ${missing.length === 1 ? 'property' : 'properties'} ${joined(missing)}`);
}

function requireMembers(evaluation: Evaluation, object: GoMap, because: string, names: readonly string[]): void {
  const missing = names.filter((name) => !object.has(name));
  if (missing.length > 0)
    fail(evaluation, () => `properties ${joined(missing)} required, if ${quoted(because)} exists`);
}

/** In the order of names, so that messages come out the same each time. */
function checkMembers(evaluation: Evaluation, object: GoMap): void {
  const { schema, run, unevaluated } = evaluation;
  const { properties, patternProperties = [], additionalProperties } = schema;
  if (properties === undefined && patternProperties.length === 0 && additionalProperties === undefined) return;
  const refused: string[] = [];
  for (const name of [...object.keys()].sort(compareText)) {
    if (evaluation.quiet && evaluation.failures.length > 0) return;
    const value = object.get(name);
    const own = properties?.get(name);
    let isLookedAt = own !== undefined;
    if (own !== undefined) add(evaluation, run.inside(evaluation, own, value, name));
    for (const [pattern, each] of patternProperties) {
      if (!pattern.matches(name)) continue;
      isLookedAt = true;
      add(evaluation, run.inside(evaluation, each, value, name));
    }
    if (!isLookedAt) {
      if (additionalProperties === undefined) continue;
      if (additionalProperties === false) refused.push(name);
      else if (additionalProperties !== true)
        add(evaluation, run.inside(evaluation, additionalProperties, value, name));
    }
    unevaluated.members?.delete(name);
  }
  if (refused.length > 0) fail(evaluation, () => `additional properties ${joined(refused)} not allowed`);
}

function checkNames(evaluation: Evaluation, object: GoMap): void {
  const { schema, run } = evaluation;
  for (const name of [...object.keys()].sort(compareText)) {
    const found = schema.propertyNames === undefined ? undefined : run.apart(evaluation, schema.propertyNames, name);
    if (found === undefined) continue;
    const causes = found.role === 'group' ? found.causes : [found];
    // Helm says nothing of where the object is.
    add(
      evaluation,
      failure({ ...evaluation, path: [] }, () => `invalid propertyName ${quoted(name)}`, causes),
    );
  }
}
