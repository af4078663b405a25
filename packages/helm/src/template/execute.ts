/** Runs a parsed template (Go's text/template, exec.go): compiles it and what it calls to steps, and takes the steps. */
import type { GoValue } from '../go/value.ts';
import { compileList } from './compile.ts';
import type { Environment } from './environment.ts';
import { Machine, type Step } from './machine.ts';
import type { List, Template } from './node.ts';

/** Runs the template; the text it produces. Throws ExecutionError. */
export function executeTemplate(template: Template, data: GoValue, environment: Environment): string {
  return new Machine(template, data, environment, compiled).run();
}

/** By the tree they were made of, and as long as it lasts. */
const known = new WeakMap<List, readonly Step[]>();

function compiled({ root }: Template, { functions }: Environment): readonly Step[] {
  let steps = known.get(root);
  if (steps === undefined) {
    steps = compileList(root, functions);
    known.set(root, steps);
  }
  return steps;
}
