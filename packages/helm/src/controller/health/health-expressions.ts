/**
 * `healthCheckExprs`: expressions that say how far the cluster is with objects of kinds that have rules of their own (Flux's
 * HelmRelease, "Health check expressions"). Asked in the order inProgress, failed, current; the first that is true counts.
 */
import { createEnvironment, type Expression, isError, kubernetesLibraries, types, valueOfJson } from '@kindred/cel';
import { getNumber, parseGroupVersion, type Unstructured } from '@kindred/machinery';
import { current, failed, inProgress, type ObjectStatus } from '../../resources/status/object-status.ts';
import type { HealthCheck } from '../intent/release-intent.ts';

const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status', 'data'] as const;
/** What an expression that loops is stopped at, after about 0.1 s. */
const COST_LIMIT = 1_000_000;

const environment = createEnvironment({
  variables: Object.fromEntries([...FIELDS, 'self'].map((name) => [name, types.dyn])),
  libraries: kubernetesLibraries,
});

const ORDER = ['inProgress', 'failed', 'current'] as const;

/** What is wrong with an expression; undefined when it can be used. */
export function healthExpressionProblem(source: string): string | undefined {
  const compiled = compile(source);
  return typeof compiled === 'string' ? compiled : undefined;
}

/** The status of an object by the checks for its kind; undefined for one that has none. */
export function healthRule(checks: readonly HealthCheck[]): (object: Unstructured) => ObjectStatus | undefined {
  const compiled = checks.map((check) => ({
    group: parseGroupVersion(check.apiVersion).group,
    kind: check.kind,
    steps: ORDER.flatMap((name) => {
      const expression = check[name] === undefined ? undefined : compile(check[name]);
      return expression === undefined || typeof expression === 'string' ? [] : [{ name, expression }];
    }),
  }));
  return (object) => {
    const { group } = parseGroupVersion(object.apiVersion);
    const ofGroup = compiled.filter((check) => check.group === group);
    // One for the kind goes before one for the whole group.
    const check = ofGroup.find(({ kind }) => kind === object.kind) ?? ofGroup.find(({ kind }) => kind === undefined);
    return check === undefined ? undefined : statusBy(check.steps, object);
  };
}

interface Step {
  readonly name: (typeof ORDER)[number];
  readonly expression: Expression;
}

function statusBy(steps: readonly Step[], object: Unstructured): ObjectStatus {
  const observed = getNumber(object, 'status.observedGeneration');
  if (observed !== undefined && object.metadata.generation !== undefined && observed < object.metadata.generation) {
    return inProgress(
      `${object.kind} generation is ${object.metadata.generation}, but latest observed generation is ${observed}`,
    );
  }
  const bindings = new Map([['self', valueOfJson(object)]]);
  // Objects of a cluster are JSON.
  const fields = object as Readonly<Record<string, unknown>>;
  for (const field of FIELDS) if (fields[field] !== undefined) bindings.set(field, valueOfJson(fields[field]));
  for (const { name, expression } of steps) {
    const { result } = expression.evaluate(bindings, { costLimit: COST_LIMIT });
    if (isError(result)) return inProgress(`${name}: ${result.message}`);
    if (result !== true) continue;
    if (name === 'inProgress') return inProgress('by its health check');
    return name === 'failed' ? failed('by its health check') : current('by its health check');
  }
  return inProgress('not current by its health check');
}

function compile(source: string): Expression | string {
  const compiled = environment.compile(source);
  if ('errors' in compiled) return `compilation failed: ${compiled.errors}`;
  const { expression } = compiled;
  return expression.type.kind === 'bool' || expression.type.kind === 'dyn' ? expression : 'must evaluate to a bool';
}
