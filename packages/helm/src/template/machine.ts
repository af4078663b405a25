/**
 * The state of a running template and of the templates that called it. Templates are compiled to steps, functions that
 * change this state; a call of a template puts the state of the caller aside, so depth costs memory, not stack.
 */

import { goText } from '../go/format.ts';
import { FunctionError } from '../go/function-error.ts';
import { quote } from '../go/quote.ts';
import { type GoFunction, type GoValue, isObject, type ParameterType } from '../go/value.ts';
import { checkArgument } from './arguments.ts';
import type { Environment, TemplateFunction } from './environment.ts';
import { ExecutionError, type MissingField, placeOf } from './execution-error.ts';
import { type Budget, LimitError } from './limits.ts';
import { type AnyNode, nodeText, type Template } from './node.ts';

/** Changes the state by one step of the template. */
export type Step = (machine: Machine) => void;

/** Stands for "no previous command in the pipeline", which differs from one that gave no value. */
export const MISSING: unique symbol = Symbol('missing');
export type Final = GoValue | typeof MISSING;

export interface Variable {
  readonly name: string;
  value: GoValue;
  /** What a range put there Go holds as interface{}, and its messages name that type. */
  viaInterface: boolean;
}

/** A loop that is running: what comes next, and what to restore before each turn. */
export interface Loop {
  /** Gives one element after the other; undefined at the end. */
  readonly next: () => Turn | undefined;
  readonly variables: number;
  readonly scopes: number;
  readonly dots: number;
}

export interface Turn {
  readonly index: GoValue;
  readonly element: GoValue;
}

interface Dot {
  readonly value: GoValue;
  readonly viaInterface: boolean;
}

/** A function that is being called, for the message should it fail. */
export interface Call {
  readonly name: string;
  readonly node: AnyNode;
}

/** A method at the end of a chain of names, to be called with the arguments that stand there. */
export class Method {
  readonly called: GoFunction;
  readonly name: string;
  readonly node: AnyNode;

  constructor(called: GoFunction, name: string, node: AnyNode) {
    this.called = called;
    this.name = name;
    this.node = node;
  }
}

/** What an error carries beside its message. */
interface FailureDetails {
  readonly hints?: readonly string[];
  readonly missing?: MissingField;
}

/** A call of a function whose template is running. */
interface FunctionCall extends Call {
  readonly called: TemplateFunction;
  /** What it was called with: a name or a template. */
  readonly text: string;
}

/** What a template call puts aside. */
interface Frame {
  readonly template: Template;
  readonly environment: Environment;
  readonly steps: readonly Step[];
  readonly pc: number;
  readonly dot: GoValue;
  readonly dotViaInterface: boolean;
  readonly variables: Variable[];
  readonly node: AnyNode;
  readonly output: string;
  /** Of the `template` actions that are active in each other; each function call begins anew. */
  readonly depth: number;
  /** Undefined for a `template` action, whose output goes to that of the caller. */
  readonly call: FunctionCall | undefined;
}

/** Go's limit for `template` actions inside each other. */
const MAX_DEPTH = 100_000;

export type Compile = (template: Template, environment: Environment) => readonly Step[];

export class Machine {
  environment: Environment;
  dot: GoValue;
  dotViaInterface = false;
  /** How the value that was looked up last is seen. */
  viaInterface = false;
  /** The node at work, which an error points at. */
  node: AnyNode;
  /** The next step. */
  pc = 0;
  variables: Variable[];
  /** The function that runs now, or ran last. */
  call: Call | undefined;
  /** Results of commands and arguments that wait for the rest of theirs. */
  readonly stack: GoValue[] = [];
  readonly scopes: number[] = [];
  readonly dots: Dot[] = [];
  readonly loops: Loop[] = [];
  /** Methods whose arguments are being evaluated. */
  readonly methods: Method[] = [];
  readonly #budget: Budget;
  readonly #compile: Compile;
  readonly #frames: Frame[] = [];
  #template: Template;
  #steps: readonly Step[];
  #output = '';
  #depth = 0;

  constructor(template: Template, data: GoValue, environment: Environment, compile: Compile) {
    this.environment = environment;
    this.#budget = environment.budget;
    this.#compile = compile;
    this.#template = template;
    this.#steps = compile(template, environment);
    this.node = ROOT;
    this.dot = data ?? undefined;
    this.variables = rootVariables(data);
  }

  /** Runs to the end; what the template wrote. Throws ExecutionError. */
  run(): string {
    try {
      for (;;) {
        const step = this.#steps[this.pc++];
        if (step !== undefined) step(this);
        else if (this.#frames.length === 0) return this.#output;
        else this.#leave();
      }
    } catch (error) {
      throw this.#unwound(error);
    }
  }

  /** One more command, or turn of a loop. */
  countStep(): void {
    if (--this.#budget.steps < 0) throw new LimitError('the templates take more steps than are allowed');
  }

  write(text: string): void {
    this.#budget.output -= text.length;
    if (this.#budget.output < 0) throw new LimitError('the templates produce more text than is allowed');
    this.#output += text;
  }

  print(value: GoValue, node: AnyNode): void {
    this.node = node;
    if (typeof value === 'string') this.write(value);
    else if (value === undefined || value === null) this.write('<no value>');
    else if (isObject(value) && value.kind === 'func') this.fail(`can't print ${nodeText(node)} of type ${value.type}`);
    else this.write(this.#textOf(value));
  }

  #textOf(value: GoValue): string {
    try {
      return goText(value);
    } catch (error) {
      if (error instanceof FunctionError) return this.fail(error.message);
      throw error;
    }
  }

  fail(message: string, details: FailureDetails = {}): never {
    throw new ExecutionError(placeOf(this.#template, this.node), message, details);
  }

  /** The value as an argument of the type. */
  check(value: GoValue, type: ParameterType): GoValue {
    if (type === 'any') return value ?? null;
    if (type === 'string' && typeof value === 'string') return value;
    return checkArgument(value, type, this.failing);
  }

  readonly failing = (message: string): never => this.fail(message);

  /** The topmost values of the stack, in the order in which they came there. */
  take(count: number): GoValue[] {
    const values: GoValue[] = [];
    for (let at = this.stack.length - count; at < this.stack.length; at++) values.push(this.stack[at]);
    this.stack.length -= count;
    return values;
  }

  variable(name: string): Variable {
    for (let at = this.variables.length - 1; at >= 0; at--) {
      const variable = this.variables[at];
      if (variable?.name === name) return variable;
    }
    return this.fail(`undefined variable: ${name}`);
  }

  assign(name: string, value: GoValue): void {
    const variable = this.variable(name);
    variable.value = value;
    variable.viaInterface = false;
  }

  /** The template that an action names. */
  templateNamed(name: string): Template {
    const template = this.environment.lookUpTemplate(name);
    if (template === undefined) return this.fail(`template ${quote(name)} not defined`);
    if (this.#depth === MAX_DEPTH) this.fail(`exceeded maximum template depth (${MAX_DEPTH})`);
    return template;
  }

  /** Goes on with a template that an action names; comes back to the next step. */
  callTemplate(template: Template, data: GoValue): void {
    this.#enter(template, data, this.environment);
  }

  /** The function of this render that has the name. Steps outlive a render, so they don't hold functions themselves. */
  runFunction(call: Call, values: readonly GoValue[]): GoValue {
    this.call = call;
    const called = this.environment.functions.get(call.name);
    return called === undefined ? this.fail(`"${call.name}" is not a defined function`) : called.run(values);
  }

  /** Goes on with the template that a function runs, whose result is on the stack at the next step. */
  callFunction(call: Call, text: GoValue, data: GoValue): void {
    this.call = call;
    const called = this.environment.templateFunctions?.get(call.name);
    if (called === undefined || typeof text !== 'string') throw new FunctionError(`${call.name} can't be called here`);
    const entered = called.enter(text);
    if (typeof entered === 'string') this.stack.push(entered);
    else this.#enter(entered.template, data, entered.environment, { name: call.name, node: call.node, called, text });
  }

  #enter(template: Template, data: GoValue, environment: Environment, call?: FunctionCall): void {
    if (--this.#budget.depth < 0) throw new LimitError('the templates call each other deeper than is allowed');
    this.#frames.push({
      template: this.#template,
      environment: this.environment,
      steps: this.#steps,
      pc: this.pc,
      dot: this.dot,
      dotViaInterface: this.dotViaInterface,
      variables: this.variables,
      node: this.node,
      output: this.#output,
      depth: this.#depth,
      call,
    });
    this.#template = template;
    this.environment = environment;
    this.#steps = this.#compile(template, environment);
    this.pc = 0;
    this.dot = data ?? undefined;
    this.dotViaInterface = false;
    this.variables = rootVariables(data);
    this.#depth = call === undefined ? this.#depth + 1 : 0;
    if (call !== undefined) this.#output = '';
  }

  #leave(): void {
    const frame = this.#restore();
    if (frame?.call === undefined) return;
    const output = this.#output;
    this.#output = frame.output;
    this.stack.push(frame.call.called.leave(frame.call.text, output));
  }

  #restore(): Frame | undefined {
    const frame = this.#frames.pop();
    if (frame === undefined) return undefined;
    this.#budget.depth++;
    this.#template = frame.template;
    this.environment = frame.environment;
    this.#steps = frame.steps;
    this.pc = frame.pc;
    this.dot = frame.dot;
    this.dotViaInterface = frame.dotViaInterface;
    this.variables = frame.variables;
    this.node = frame.node;
    this.#depth = frame.depth;
    return frame;
  }

  /** The error as the outermost template reports it: that of each call holds that of the template it ran. */
  #unwound(thrown: unknown): unknown {
    let error = thrown;
    if (error instanceof FunctionError && this.call !== undefined) error = this.#ofCall(this.call, error);
    for (let frame = this.#restore(); frame !== undefined; frame = this.#restore()) {
      if (frame.call === undefined || !(error instanceof ExecutionError)) continue;
      error = this.#ofCall(frame.call, frame.call.called.failed(frame.call.text, error));
    }
    return error;
  }

  #ofCall({ name, node }: Call, error: Error): ExecutionError {
    const place = placeOf(this.#template, node);
    return new ExecutionError(place, `error calling ${name}: ${error.message}`, { cause: error });
  }
}

const ROOT: AnyNode = { type: 'text', text: '', position: 0 };

function rootVariables(data: GoValue): Variable[] {
  return [{ name: '$', value: data, viaInterface: false }];
}
