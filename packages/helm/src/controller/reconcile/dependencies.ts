/** Releases that must be ready before others: whether they are, and circles among them. Pure, over what an informer has. */
import { findCondition } from '@kindred/operator';
import { readyExpression } from '../intent/ready-expression.ts';
import type { ObjectName, ReleaseDependency } from '../intent/release-intent.ts';
import type { ReleaseObject } from './release-object.ts';

export interface DependencyProblem {
  readonly reason: 'DependencyNotReady' | 'DependencyCycle';
  readonly message: string;
}

export interface DependencyView {
  find(at: ObjectName): ReleaseObject | undefined;
  dependenciesOf(object: ReleaseObject): readonly ReleaseDependency[];
}

/** What keeps a release from being made; undefined when nothing does. */
export function dependencyProblem(object: ReleaseObject, view: DependencyView): DependencyProblem | undefined {
  const circle = circleOf(object, view);
  if (circle !== undefined) {
    return { reason: 'DependencyCycle', message: `the releases depend on each other: ${circle.join(' -> ')}` };
  }
  for (const at of view.dependenciesOf(object)) {
    const found = view.find(at);
    const name = `${at.namespace}/${at.name}`;
    if (found === undefined) return { reason: 'DependencyNotReady', message: `${name} is not there` };
    const message = at.readyExpr === undefined ? undefined : expressionProblem(at.readyExpr, object, found);
    if (message !== undefined) return { reason: 'DependencyNotReady', message: `${name} ${message}` };
    if (at.readyExpr !== undefined || isReady(found)) continue;
    return { reason: 'DependencyNotReady', message: `${name} is not ready` };
  }
  return undefined;
}

/** Why an expression doesn't let a release be made; undefined when it does. */
function expressionProblem(source: string, self: ReleaseObject, dependency: ReleaseObject): string | undefined {
  const expression = readyExpression(source);
  if ('problem' in expression) return `can't be judged by readyExpr: ${expression.problem}`;
  const isReady = expression.isReady(self, dependency);
  if (isReady === true) return undefined;
  return isReady === false ? 'is not ready according to readyExpr' : `can't be judged by readyExpr: ${isReady}`;
}

/** Ready in its present generation. */
export function isReady(object: ReleaseObject): boolean {
  const ready = findCondition(object, 'Ready');
  const { generation } = object.metadata;
  return ready?.status === 'True' && (generation === undefined || object.status?.observedGeneration === generation);
}

/** The way from an object back to itself; undefined when there is none. */
export function circleOf(object: ReleaseObject, view: DependencyView): string[] | undefined {
  const start = keyOf({ namespace: object.metadata.namespace ?? '', name: object.metadata.name });
  const seen = new Set<string>();
  const walk = (current: ReleaseObject, path: readonly string[]): string[] | undefined => {
    for (const at of view.dependenciesOf(current)) {
      const key = keyOf(at);
      if (key === start) return [...path, key];
      const next = seen.has(key) ? undefined : view.find(at);
      seen.add(key);
      const circle = next === undefined ? undefined : walk(next, [...path, key]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  return walk(object, [start]);
}

function keyOf({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}
