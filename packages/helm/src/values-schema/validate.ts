/**
 * Holds a value against a schema, with the messages of the library that helm uses. The order of the checks is part of
 * them: a wrong type, constant or format hides everything else.
 */
import { type GoValue, isMap, sliceItems, typeName } from '../go/value.ts';
import { checkArray } from './check-array.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkObject } from './check-object.ts';
import { checkNumber, checkString } from './check-scalar.ts';
import { isInteger } from './decimal.ts';
import { add, type Evaluation, failure, type Run, type SameOptions, type Scope } from './evaluation.ts';
import type { Failure } from './failure.ts';
import { decimalOf, display, type JsonType, jsonEqual, jsonType, quoted } from './json-value.ts';
import { escapeToken, pointerText } from './pointer.ts';
import type { Schema } from './schema.ts';
import { SchemaError } from './schema-error.ts';
import { mergeUnevaluated, noteUnevaluated } from './unevaluated.ts';

export interface ValidateOptions {
  /** When the value is a schema itself: what checks it, and what checks the resources in it. */
  readonly metaschema?: Schema;
  readonly metaschemaAt?: (pointer: string) => Schema | undefined;
}

/** Schemas that refer to each other in many ways could keep a validation busy for ever. */
const MAX_EVALUATIONS = 2_000_000;
/** Far deeper than values can be, so that the stack doesn't end first. */
const MAX_DEPTH = 1500;

/** Undefined when the value is as the schema wants it. Throws SchemaError when that takes far too long. */
export function validate(schema: Schema, value: GoValue, options: ValidateOptions = {}): Failure | undefined {
  let evaluations = 0;
  let depth = 0;
  const evaluate = (evaluation: Evaluation): Failure | undefined => {
    if (++evaluations > MAX_EVALUATIONS) throw new SchemaError('the schema takes too many steps to validate with');
    if (++depth > MAX_DEPTH) throw new SchemaError('the schema is nested too deeply to validate with');
    const found = evaluateSchema(evaluation);
    depth--;
    return found;
  };
  const run: Run = {
    same: (from, inner, same) => evaluateSame(from, inner, same ?? {}, evaluate, options),
    inside: (from, inner, member, token) => {
      const path = [...from.path, token];
      const level = from.scope.level + 1;
      const scope: Scope = { schema: inner, keyword: '', level, parent: from.scope };
      return evaluate(
        make(run, {
          value: member,
          path,
          schema: inner,
          scope,
          isAsked: false,
          quiet: from.quiet,
          metaschema: from.metaschema,
          options,
        }),
      );
    },
    apart: (from, inner, other) => evaluate(start(run, inner, other, from.metaschema, from.quiet)),
  };
  const found = evaluate(start(run, schema, value, options.metaschema, false));
  if (found === undefined) return undefined;
  return {
    path: [],
    message: `jsonschema validation failed with ${quoted(schema.location)}`,
    role: 'root',
    causes: found.role === 'group' ? found.causes : [found],
  };
}

function start(run: Run, schema: Schema, value: GoValue, metaschema: Schema | undefined, quiet: boolean): Evaluation {
  const scope: Scope = { schema, keyword: '', level: 0, parent: undefined };
  return make(run, { value, path: [], schema, scope, isAsked: false, quiet, metaschema, options: {} });
}

interface Parts extends Pick<Evaluation, 'value' | 'path' | 'schema' | 'scope' | 'quiet' | 'metaschema'> {
  /** A schema around this one wants to know what it looks at. */
  readonly isAsked: boolean;
  readonly options: ValidateOptions;
}

/** Written out, member by member: there are very many of these. */
function make(run: Run, parts: Parts): Evaluation {
  const { value, path, scope, isAsked, quiet, options } = parts;
  const other = parts.schema === parts.metaschema ? options.metaschemaAt?.(pointerText(path)) : undefined;
  // A resource inside a schema may be of another draft than what is around it.
  const schema = other ?? parts.schema;
  return {
    value,
    path,
    schema,
    scope,
    unevaluated: noteUnevaluated(value, schema, isAsked),
    quiet,
    metaschema: other ?? parts.metaschema,
    failures: [],
    run,
  };
}

function evaluateSame(
  from: Evaluation,
  inner: Schema,
  { keyword = '', quiet = false }: SameOptions,
  evaluate: (evaluation: Evaluation) => Failure | undefined,
  options: ValidateOptions,
): Failure | undefined {
  const scope: Scope = { schema: inner, keyword, level: from.scope.level, parent: from.scope };
  const evaluation = make(from.run, {
    value: from.value,
    path: from.path,
    schema: inner,
    scope,
    isAsked: from.unevaluated.members !== undefined || from.unevaluated.items !== undefined,
    quiet: from.quiet || quiet,
    metaschema: from.metaschema,
    options,
  });
  const found = evaluate(evaluation);
  if (found === undefined) mergeUnevaluated(from.unevaluated, evaluation.unevaluated);
  return found;
}

function evaluateSchema(evaluation: Evaluation): Failure | undefined {
  const { schema, value, failures } = evaluation;
  if (schema.constant !== undefined) {
    return schema.constant ? undefined : failure(evaluation, () => 'false schema');
  }
  const early = circle(evaluation) ?? checkAnyType(evaluation);
  if (early !== undefined) return early;
  if (schema.ref !== undefined) {
    add(evaluation, follow(evaluation, schema.ref, '$ref'));
    if (schema.version < 2019) return failures[0];
  }
  checkByType(evaluation, value);
  if (failures.length === 0 || !evaluation.quiet) {
    if (schema.version >= 2019) followDynamic(evaluation);
    checkCombinations(evaluation);
    if (schema.version >= 2019) checkUnevaluated(evaluation);
  }
  if (failures.length <= 1) return failures[0];
  return failure(evaluation, () => 'validation failed', failures, 'group');
}

/** References that come back to the same schema with the same value. */
function circle(evaluation: Evaluation): Failure | undefined {
  const { scope } = evaluation;
  for (let at = scope.parent; at !== undefined && at.level === scope.level; at = at.parent) {
    if (at.schema !== scope.schema) continue;
    const [own, other] = [keywordPath(scope), keywordPath(at)];
    const place = evaluation.schema.location;
    return failure(evaluation, () => `both ${own} and ${other} resolve to "${place}" causing reference cycle`);
  }
  return undefined;
}

function keywordPath(scope: Scope): string {
  let path = '';
  for (let at: Scope = scope; at.parent !== undefined; at = at.parent) {
    const step =
      at.keyword === '' ? at.schema.location.slice(at.parent.schema.location.length) : `/${escapeToken(at.keyword)}`;
    path = step + path;
  }
  return path;
}

/** What holds for values of all types. The first failure ends the evaluation. */
function checkAnyType(evaluation: Evaluation): Failure | undefined {
  const { schema, value } = evaluation;
  const type = jsonType(value);
  if (type === undefined) return failure(evaluation, () => `invalid jsonType ${typeName(value)}`);
  if (schema.types !== undefined && !hasType(value, type, schema.types)) {
    const wanted = schema.types.join(' or ');
    return failure(evaluation, () => `got ${type}, want ${wanted}`);
  }
  if (schema.const !== undefined && !jsonEqual(value, schema.const[0])) {
    const [wanted] = schema.const;
    return failure(evaluation, () => (isComposite(wanted) ? "'const' failed" : `value must be ${display(wanted)}`));
  }
  const choices = schema.enum;
  if (choices !== undefined && !choices.some((choice) => jsonEqual(value, choice))) {
    return failure(evaluation, () => enumMessage(choices));
  }
  const problem = schema.format?.problem(value);
  if (problem === undefined) return undefined;
  return failure(evaluation, () => `${display(value)} is not valid ${schema.format?.name ?? ''}: ${problem}`);
}

function hasType(value: GoValue, type: JsonType, wanted: readonly string[]): boolean {
  if (wanted.includes(type)) return true;
  if (type !== 'number' || !wanted.includes('integer')) return false;
  const decimal = decimalOf(value);
  return decimal !== undefined && isInteger(decimal);
}

function isComposite(value: GoValue): boolean {
  return isMap(value) || sliceItems(value) !== undefined;
}

function enumMessage(choices: readonly GoValue[]): string {
  if (choices.some(isComposite)) return "'enum' failed";
  const shown = choices.map(display);
  return shown.length === 1 ? `value must be ${shown[0] ?? ''}` : `value must be one of ${shown.join(', ')}`;
}

function checkByType(evaluation: Evaluation, value: GoValue): void {
  const items = sliceItems(value);
  if (isMap(value)) checkObject(evaluation, value);
  else if (items !== undefined) checkArray(evaluation, items);
  else if (typeof value === 'string') checkString(evaluation, value);
  else checkNumber(evaluation, value);
}

function follow(evaluation: Evaluation, target: Schema, keyword: string): Failure | undefined {
  const found = evaluation.run.same(evaluation, target, { keyword });
  if (found === undefined) return undefined;
  const causes = found.role === 'group' ? found.causes : [found];
  return failure(evaluation, () => 'validation failed', causes, 'reference');
}

function followDynamic(evaluation: Evaluation): void {
  const { recursiveRef, dynamicRef } = evaluation.schema;
  if (recursiveRef !== undefined) {
    const isOpen = recursiveRef.recursiveAnchor === true;
    const target = isOpen ? outermost(evaluation.scope, recursiveResource) : undefined;
    add(evaluation, follow(evaluation, target ?? recursiveRef, '$recursiveRef'));
  }
  if (dynamicRef !== undefined) {
    const { schema, anchor } = dynamicRef;
    const isOpen = anchor !== '' && schema.dynamicAnchor === anchor;
    const target = isOpen ? outermost(evaluation.scope, (each) => each.resource.dynamicAnchors.get(anchor)) : undefined;
    add(evaluation, follow(evaluation, target ?? schema, '$dynamicRef'));
  }
}

function recursiveResource(schema: Schema): Schema | undefined {
  return schema.resource.recursiveAnchor === true ? schema : undefined;
}

function outermost(scope: Scope, find: (schema: Schema) => Schema | undefined): Schema | undefined {
  let found: Schema | undefined;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) found = find(at.schema) ?? found;
  return found;
}

function checkUnevaluated(evaluation: Evaluation): void {
  const { schema, value, unevaluated, run } = evaluation;
  if (isMap(value) && schema.unevaluatedProperties !== undefined) {
    for (const name of [...(unevaluated.members ?? [])].sort()) {
      add(evaluation, run.inside(evaluation, schema.unevaluatedProperties, value.get(name), name));
    }
    unevaluated.members = undefined;
  }
  const items = sliceItems(value);
  if (items !== undefined && schema.unevaluatedItems !== undefined) {
    for (const index of unevaluated.items ?? []) {
      add(evaluation, run.inside(evaluation, schema.unevaluatedItems, items[index], String(index)));
    }
    unevaluated.items = undefined;
  }
}
