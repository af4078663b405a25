/** Runs a parsed template (Go's text/template, exec.go): compiles it and what it calls to steps, and takes the steps. */
import type { GoValue } from '../go/value.ts';
import { compileList } from './compile.ts';
import type { Environment } from './environment.ts';
import { Machine, type Step } from './machine.ts';
import type { Template } from './node.ts';

/** Runs the template; the text it produces. Throws ExecutionError. */
export function executeTemplate(template: Template, data: GoValue, environment: Environment): string {
  return new Machine(template, data, environment, compiled).run();
}

/** Steps are bound to the functions that they call: they last as long as the table of those. */
const known = new WeakMap<Environment['functions'], WeakMap<Template, readonly Step[]>>();

function compiled(template: Template, { functions }: Environment): readonly Step[] {
  let templates = known.get(functions);
  if (templates === undefined) {
    templates = new WeakMap();
    known.set(functions, templates);
  }
  let steps = templates.get(template);
  if (steps === undefined) {
    steps = compileList(template.root, functions);
    templates.set(template, steps);
  }
  return steps;
}
