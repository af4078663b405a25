/**
 * Evaluates the rules of a definition for an object, with the wording of the API server
 * (`apiextensions-apiserver/pkg/apiserver/schema/cel`). One walk, one budget of cost for the object.
 *
 * On update, rules that mention `oldSelf` see the value before; they are left out where there was none. What fails in
 * parts that did not change is no error but a warning.
 */
import { type Expression, isError, noneValue, optionalOf, type Value } from '@kindred/cel';
import {
  childPath,
  deepEqual,
  type FieldError,
  forbiddenField,
  formatFieldError,
  indexPath,
  invalidValue,
  isJsonObject,
  keyPath,
  required,
} from '@kindred/machinery';
import { canonicalKey } from '../structural/canonical-key.ts';
import type { ValidationRule } from '../structural/json-schema-props.ts';
import { keysOfElement } from '../structural/list-types.ts';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import type { CompiledRule } from './compile-rule.ts';
import { fieldPathOf } from './rule-field-path.ts';
import { type RuleNode, ruleTree } from './rule-tree.ts';

/** Units that one evaluation, and all of an object, may cost: about a tenth of a second, and a second. */
const callLimit = 1_000_000;
const objectLimit = 10_000_000;
const maxMessageBytes = 5 * 1024;

export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** What is wrong in parts that are as they were. */
  readonly warnings: readonly string[];
}

export interface RuleValidator {
  validate(object: unknown): RuleFindings;
  /** As `validate`, with the object as it was. */
  validateUpdate(object: unknown, old: unknown): RuleFindings;
}

/** A validator for objects of the schema; undefined when it has no rules. */
export function ruleValidator(schema: StructuralSchema): RuleValidator | undefined {
  const tree = ruleTree(schema);
  if (tree === undefined) return undefined;
  const run = (object: unknown, old: unknown): RuleFindings => {
    const walk: Walk = { errors: [], warnings: [], budget: objectLimit, isExhausted: false };
    visit(tree, { value: object, old, path: '', around: undefined }, walk);
    return walk;
  };
  return { validate: (object) => run(object, undefined), validateUpdate: run };
}

interface Walk {
  readonly errors: FieldError[];
  readonly warnings: string[];
  budget: number;
  isExhausted: boolean;
}

interface Place {
  readonly value: unknown;
  /** The value that this one was before; undefined when there was none, or none that surely was this one. */
  readonly old: unknown;
  readonly path: string;
  /** The innermost place around this one whose value before is known. */
  readonly around: Pick<Place, 'value' | 'old'> | undefined;
}

function visit(node: RuleNode, place: Place, walk: Walk): void {
  const { value, old, path } = place;
  const around = old === undefined ? place.around : { value, old };
  // Rules of a nullable value are for those that aren't null.
  if (value === null || value === undefined || walk.isExhausted) return;
  if (node.rules.length > 0 || node.faults.length > 0) judge(node, place, walk);
  if (Array.isArray(value)) visitList(node, { value, old, path, around }, value, walk);
  else if (isJsonObject(value)) {
    const before = isJsonObject(old) ? old : undefined;
    for (const [name, child] of node.properties) {
      if (!Object.hasOwn(value, name)) continue;
      visit(child, { value: value[name], old: memberOf(before, name), path: childPath(path, name), around }, walk);
    }
    if (node.additional === undefined) return;
    for (const name of Object.keys(value)) {
      const inner = { value: value[name], old: memberOf(before, name), path: keyPath(path, name), around };
      visit(node.additional, inner, walk);
    }
  }
}

function memberOf(object: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Only the elements of map lists can be recognised in another version of the list. */
function visitList(node: RuleNode, { old, path, around }: Place, list: readonly unknown[], walk: Walk): void {
  const { items, schema } = node;
  if (items === undefined) return;
  const key = (element: unknown): string => canonicalKey(keysOfElement(schema, element));
  const before =
    schema.listType === 'map' && Array.isArray(old)
      ? new Map(old.map((element: unknown) => [key(element), element]))
      : undefined;
  list.forEach((value, index) => {
    visit(items, { value, old: before?.get(key(value)), path: indexPath(path, index), around }, walk);
  });
}

function judge(node: RuleNode, { value, old, path, around }: Place, walk: Walk): void {
  const type = node.schema.source.type ?? '';
  const subject = { path, type, value };
  const self = node.convert(value);
  const before = old === undefined || old === null ? undefined : node.convert(old);
  let unchanged: boolean | undefined;
  for (const { detail } of node.faults) walk.errors.push(invalidValue(path, type, `rule compile error: ${detail}`));
  for (const compiled of node.rules) {
    if (walk.isExhausted) break;
    const bindings = bindingsOf(compiled, self, before);
    if (bindings === undefined) continue;
    const verdict = judgeRule(compiled, bindings, subject, walk);
    if (verdict === undefined) continue;
    if (verdict.isBroken && !compiled.usesOldSelf) {
      unchanged ??= isUnchanged({ value, old }, around);
      if (unchanged) {
        walk.warnings.push(formatFieldError(verdict.error));
        continue;
      }
    }
    walk.errors.push(verdict.error);
  }
}

/** As it was before; what can't be told apart is as it was when all around it is. */
function isUnchanged(here: Pick<Place, 'value' | 'old'>, around: Place['around']): boolean {
  const known = here.old === undefined ? around : here;
  return known !== undefined && deepEqual(known.value, known.old);
}

/** The variables of a rule; undefined when it compares with a value that isn't there. */
function bindingsOf(
  { rule, usesOldSelf }: CompiledRule,
  self: Value,
  before: Value | undefined,
): Map<string, Value> | undefined {
  const bindings = new Map<string, Value>([['self', self]]);
  if (rule.optionalOldSelf === true) bindings.set('oldSelf', before === undefined ? noneValue : optionalOf(before));
  else if (before !== undefined) bindings.set('oldSelf', before);
  else if (usesOldSelf) return undefined;
  return bindings;
}

interface Subject {
  readonly path: string;
  readonly type: string;
  readonly value: unknown;
}

interface Verdict {
  readonly error: FieldError;
  /** The rule said no; otherwise it said nothing. */
  readonly isBroken: boolean;
}

/** What is wrong by one rule; undefined when nothing is. */
function judgeRule(
  compiled: CompiledRule,
  bindings: ReadonlyMap<string, Value>,
  { path, type, value }: Subject,
  walk: Walk,
): Verdict | undefined {
  const { rule } = compiled;
  const silent = (detail: string): Verdict => ({ error: invalidValue(path, type, detail), isBroken: false });
  const { result, stopped } = spend(compiled.expression, bindings, walk);
  if (walk.budget < 0) return silent(outOfBudget);
  if (isError(result))
    return silent(stopped === undefined ? noResult(rule, result.message) : tooCostly(rule, result.message));
  if (result === true) return undefined;
  const at = rule.fieldPath === undefined ? path : `${path}${fieldPathOf(rule.fieldPath) ?? ''}`.replace(/^\./, '');
  const detail = messageOf(compiled, bindings, walk) ?? defaultMessage(rule);
  return { error: errorOf(rule.reason, at, { type, value }, detail), isBroken: true };
}

function spend(
  expression: Expression,
  bindings: ReadonlyMap<string, Value>,
  walk: Walk,
): ReturnType<Expression['evaluate']> {
  const evaluation = expression.evaluate(bindings, { costLimit: callLimit });
  walk.budget -= evaluation.cost;
  if (walk.budget < 0 || evaluation.stopped !== undefined) walk.isExhausted = true;
  return evaluation;
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';

function tooCostly(rule: ValidationRule, message: string): string {
  return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`;
}

function noResult(rule: ValidationRule, message: string): string {
  if (message === 'no such overload') {
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`;
  }
  return `${message} evaluating rule: ${ruleText(rule)}`;
}

function ruleText({ message = '', rule }: ValidationRule): string {
  return message === '' ? rule.trim() : message.trim();
}

function defaultMessage(rule: ValidationRule): string {
  const { message = '' } = rule;
  return message === '' ? `failed rule: ${ruleText(rule)}` : message.trim();
}

/** What the messageExpression says, when it says one line of a fair length. */
function messageOf({ message }: CompiledRule, bindings: ReadonlyMap<string, Value>, walk: Walk): string | undefined {
  if (message === undefined) return undefined;
  const { result } = spend(message, bindings, walk);
  if (typeof result !== 'string') return undefined;
  const text = result.trim();
  const isUsable = text !== '' && !/[\n\r]/.test(text) && Buffer.byteLength(text) <= maxMessageBytes;
  return isUsable ? text : undefined;
}

/** Objects and lists are too large to be shown. */
function errorOf(
  reason: string | undefined,
  path: string,
  { type, value }: Pick<Subject, 'type' | 'value'>,
  detail: string,
): FieldError {
  const shown = type === 'object' || type === 'array' ? {} : { badValue: value };
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return { type: 'Duplicate', field: path, detail, ...shown };
    default:
      return { type: 'Invalid', field: path, detail, ...shown };
  }
}
