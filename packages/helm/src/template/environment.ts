/** What a running template needs beside itself and its data. */
import type { GoFunction } from '../go/value.ts';
import type { ExecutionError } from './execution-error.ts';
import type { Budget } from './limits.ts';
import type { Template } from './node.ts';

export interface Environment {
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly lookUpTemplate: (name: string) => Template | undefined;
  readonly budget: Budget;
  /** What the functions `include` and `tpl` run, by their names. */
  readonly templateFunctions?: ReadonlyMap<string, TemplateFunction>;
}

/**
 * A function of a text and data that runs a template and gives what it wrote. Such a call needs no stack of the machine:
 * the evaluator goes on with the template, and comes back to where it was.
 */
export interface TemplateFunction {
  /** The template to run, or the result at once. Throws FunctionError. */
  readonly enter: (text: string) => EnteredTemplate | string;
  /** The result, from what the template wrote. */
  readonly leave: (text: string, output: string) => string;
  /** The error of the call, from that of the template. */
  readonly failed: (text: string, error: ExecutionError) => Error;
}

export interface EnteredTemplate {
  readonly template: Template;
  /** Where the names of that template are looked up. */
  readonly environment: Environment;
}

/** The functions whose calls run templates: the evaluator must know them when it compiles a template. */
export const TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(['include', 'tpl']);
