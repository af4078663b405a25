/**
 * What is wrong with the rules of a definition's schema: expressions that don't compile, `oldSelf` where no old value can
 * be told, rules that may cost too much (`apiextensions-apiserver/pkg/apis/apiextensions/validation`).
 */
import { childPath, type FieldError, forbiddenField, indexPath, invalidValue, keyPath } from '@kindred/machinery';
import type { JSONSchemaProps, ValidationRule } from '../structural/json-schema-props.ts';
import { childOf, compileStructuralSchema, type StructuralSchema } from '../structural/structural-schema.ts';
import { hasValidationRules } from '../structural/validation-rules.ts';
import { type CompiledRule, compileRule } from './compile-rule.ts';
import { type DeclaredTypes, declaredTypes, requestBytes } from './declared-type.ts';
import { fieldPathProblem } from './rule-field-path.ts';

/** Units that one rule, and all rules of a schema, may cost by estimate. */
const ruleLimit = 10_000_000;
const schemaLimit = 100_000_000;

/** All errors of a structural schema's rules; its keywords are judged elsewhere. */
export function validationRuleErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  if (!hasValidationRules(schema)) return [];
  const run: Run = { errors: [], declared: declaredTypes(), costs: [] };
  const root: Place = { path, typePath: 'object', isResource: true, occurrences: 1, uncorrelatable: undefined };
  visit(compileStructuralSchema(schema), root, run);
  return [...run.errors, ...totalErrors(run.costs, path)];
}

interface Run {
  readonly errors: FieldError[];
  readonly declared: DeclaredTypes;
  readonly costs: { readonly path: string; readonly cost: number }[];
}

interface Place {
  readonly path: string;
  readonly typePath: string;
  readonly isResource: boolean;
  /** How often the node can be in one object; undefined when only the size of requests limits it. */
  readonly occurrences: number | undefined;
  /** The path of the list whose elements can't be told apart. */
  readonly uncorrelatable: string | undefined;
}

function visit(schema: StructuralSchema, place: Place, run: Run): void {
  const { source } = schema;
  if (!hasValidationRules(source)) return;
  const self = run.declared.typeOf(schema, place.typePath, place.isResource);
  source['x-kubernetes-validations']?.forEach((rule, index) => {
    const path = indexPath(childPath(place.path, 'x-kubernetes-validations'), index);
    // A rule that says nothing is reported for its form.
    if (rule.rule.trim() === '') return;
    if (self === undefined) {
      run.errors.push(invalid(childPath(path, 'rule'), rule, 'rules are not supported for values without a type'));
      return;
    }
    const compiled = compileRule(rule, self, run.declared);
    if ('faults' in compiled) {
      for (const { field, detail } of compiled.faults) run.errors.push(invalid(childPath(path, field), rule, detail));
    } else judgeRule(compiled, { path, self: self.minBytes, place, source }, run);
  });
  visitChildren(schema, place, run);
}

interface RulePlace {
  readonly path: string;
  /** The fewest bytes of a value. */
  readonly self: number;
  readonly place: Place;
  readonly source: JSONSchemaProps;
}

function judgeRule(compiled: CompiledRule, { path, self, place, source }: RulePlace, run: Run): void {
  const { rule, usesOldSelf } = compiled;
  const at = childPath(path, 'rule');
  if (usesOldSelf && place.uncorrelatable !== undefined) {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`;
    run.errors.push(invalidValue(at, rule.rule, detail));
  }
  if (rule.optionalOldSelf !== undefined && !usesOldSelf) {
    const detail = 'may not be set if oldSelf is not used in rule';
    run.errors.push(invalidValue(childPath(path, 'optionalOldSelf'), rule.optionalOldSelf, detail));
  }
  if (rule.fieldPath !== undefined && rule.fieldPath.trim() !== '') {
    const problem = fieldPathProblem(rule.fieldPath, source);
    if (problem !== undefined) run.errors.push(invalidValue(childPath(path, 'fieldPath'), rule.fieldPath, problem));
  }
  const times = place.occurrences ?? Math.floor(requestBytes / (self + 1));
  judgeCost(compiled.maxCost * times, at, 'estimated rule cost', run);
  if (compiled.message !== undefined) {
    const where = childPath(path, 'messageExpression');
    judgeCost(compiled.maxMessageCost * times, where, 'estimated messageExpression cost', run);
  }
}

function judgeCost(cost: number, path: string, name: string, { errors, costs }: Run): void {
  if (cost > ruleLimit) errors.push(forbiddenField(path, budgetMessage(name, cost, ruleLimit)));
  costs.push({ path, cost });
}

function totalErrors(costs: Run['costs'], path: string): FieldError[] {
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= schemaLimit) return [];
  const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...costs.filter(({ cost }) => cost >= schemaLimit / 100).map((each) => forbiddenField(each.path, contributed)),
    forbiddenField(path, budgetMessage(name, total, schemaLimit)),
  ];
}

function budgetMessage(name: string, cost: number, limit: number): string {
  const times = cost / limit;
  const factor = times > 100 ? 'more than 100x' : `${times.toFixed(times < 1.5 ? 6 : 1)}x`;
  return `${name} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

function visitChildren(schema: StructuralSchema, place: Place, run: Run): void {
  for (const [name, lazy] of schema.properties) {
    const child = childOf(lazy);
    if (child === undefined) continue;
    const path = keyPath(childPath(place.path, 'properties'), name);
    visit(child, { ...place, path, typePath: `${place.typePath}.${name}`, isResource: child.embeddedResource }, run);
  }
  const { maxItems, maxProperties } = schema.source;
  const additional = schema.additional === undefined ? undefined : childOf(schema.additional);
  if (additional !== undefined) {
    const inner = { ...below(place, 'additionalProperties', maxProperties), isResource: additional.embeddedResource };
    visit(additional, inner, run);
  }
  const items = schema.items === undefined ? undefined : childOf(schema.items);
  if (items === undefined) return;
  const uncorrelatable = place.uncorrelatable ?? (schema.listType === 'map' ? undefined : place.path);
  visit(items, { ...below(place, 'items', maxItems), isResource: items.embeddedResource, uncorrelatable }, run);
}

function below(place: Place, name: string, limit: number | undefined): Place {
  const occurrences = place.occurrences === undefined || limit === undefined ? undefined : place.occurrences * limit;
  return { ...place, path: childPath(place.path, name), typePath: `${place.typePath}.${name}`, occurrences };
}

/** The value that upstream shows is the rule as Go prints it. */
function invalid(path: string, rule: ValidationRule, detail: string): FieldError {
  return { ...invalidValue(path, rule.rule, detail), badValueText: goRule(rule) };
}

function goRule({
  rule,
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  optionalOldSelf,
}: ValidationRule): string {
  const pointer = (type: string, value: unknown) =>
    value === undefined ? `(*${type})(nil)` : `(*${type})(0xc000000000)`;
  const text = JSON.stringify;
  return (
    `apiextensions.ValidationRule{Rule:${text(rule)}, Message:${text(message)}, MessageExpression:${text(messageExpression)}, ` +
    `Reason:${pointer('apiextensions.FieldValueErrorReason', reason)}, FieldPath:${text(fieldPath)}, ` +
    `OptionalOldSelf:${pointer('bool', optionalOldSelf)}}`
  );
}
