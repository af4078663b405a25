/**
 * `matchConditions` of a webhook: expressions over the request, all of which must hold for the webhook to be asked
 * ("Matching requests: matchConditions", Kubernetes documentation). One that is false decides, whatever the others do.
 */
import {
  type Bindings,
  type Compiled,
  createEnvironment,
  type Environment,
  type Expression,
  isError,
  kubernetesLibraries,
  types,
  valueOfJson,
} from '@kindred/cel';
import { goQuote, type JsonObject, type Unstructured } from '@kindred/machinery';

export interface MatchCondition {
  readonly text: string;
  readonly compiled: Compiled;
}

/** Units of cost for one expression, and for all of a webhook. */
const oneCost = 1_000_000;
const allCost = 2_500_000;

let known: Environment | undefined;

/** Made when the first expression is compiled: most servers never see one. */
function environment(): Environment {
  const { dyn } = types;
  known ??= createEnvironment({
    variables: { object: dyn, oldObject: dyn, request: dyn },
    libraries: kubernetesLibraries,
  });
  return known;
}

export function compileCondition({ expression }: { readonly expression: string }): MatchCondition {
  return { text: expression, compiled: environment().compile(expression) };
}

/** Why the expression can't be a condition; undefined when it can. */
export function conditionProblem({ compiled }: MatchCondition): string | undefined {
  if ('errors' in compiled) return `compilation failed: ${compiled.errors}`;
  const { kind } = compiled.expression.type;
  return kind === types.bool.kind || kind === types.dyn.kind ? undefined : 'must evaluate to bool';
}

export interface ConditionSubject {
  /** As the webhook's version shows them. */
  readonly object: Unstructured | undefined;
  readonly oldObject: Unstructured | undefined;
  /** The request of the review, without the objects. */
  readonly request: JsonObject;
}

/** Whether all conditions hold, or the errors of those that can't be told. */
export function conditionsHold(
  conditions: readonly MatchCondition[],
  { object, oldObject, request }: ConditionSubject,
): boolean | { readonly errors: readonly string[] } {
  const variables: Bindings = new Map([
    ['object', valueOfJson(object)],
    ['oldObject', valueOfJson(oldObject)],
    ['request', valueOfJson(request)],
  ]);
  const errors: string[] = [];
  let left = allCost;
  for (const { text, compiled } of conditions) {
    if ('errors' in compiled) {
      errors.push(compiled.errors);
      continue;
    }
    const { value, cost } = evaluate(compiled.expression, variables, Math.min(oneCost, left));
    left -= cost;
    if (value === false) return false;
    if (value !== true) errors.push(`expression ${goQuote(text)} resulted in error: ${value}`);
  }
  return errors.length === 0 ? true : { errors };
}

/** True, false, or why it is neither. */
function evaluate(
  expression: Expression,
  variables: Bindings,
  costLimit: number,
): { readonly value: boolean | string; readonly cost: number } {
  const { result, cost } = expression.evaluate(variables, { costLimit });
  if (typeof result === 'boolean') return { value: result, cost };
  return { value: isError(result) ? result.message : 'it is neither true nor false', cost };
}
