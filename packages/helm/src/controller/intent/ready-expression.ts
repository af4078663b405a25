/**
 * `dependsOn[].readyExpr`: an expression that says when a dependency is ready, in place of its Ready condition
 * (Flux's HelmRelease, "Dependency ready expression"). `self` is the release, `dep` what it depends on.
 */
import { createEnvironment, type Environment, isError, kubernetesLibraries, types, valueOfJson } from '@kindred/cel';

/** More than any readiness needs; an expression that loops is stopped after about 0.1 s. */
const costLimit = 1_000_000;

let known: Environment | undefined;

/** Made when the first expression is compiled: most controllers never see one. */
function environment(): Environment {
  const { dyn } = types;
  known ??= createEnvironment({ variables: { self: dyn, dep: dyn }, libraries: kubernetesLibraries });
  return known;
}

export interface ReadyExpression {
  /** What the expression says; a text tells why it says nothing. */
  isReady(self: unknown, dependency: unknown): boolean | string;
}

/** The compiled expression, or what is wrong with it. */
export function readyExpression(source: string): ReadyExpression | { readonly problem: string } {
  const compiled = environment().compile(source);
  if ('errors' in compiled) return { problem: `compilation failed: ${compiled.errors}` };
  const { expression } = compiled;
  if (expression.type.kind !== 'bool' && expression.type.kind !== 'dyn') return { problem: 'must evaluate to a bool' };
  return {
    isReady(self, dependency) {
      const bindings = new Map([
        ['self', valueOfJson(self)],
        ['dep', valueOfJson(dependency)],
      ]);
      const { result } = expression.evaluate(bindings, { costLimit });
      if (isError(result)) return result.message;
      return typeof result === 'boolean' ? result : 'the result is not a bool';
    },
  };
}
