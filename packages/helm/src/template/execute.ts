/**
 * Runs a parsed template (Go's text/template, exec.go): walks the tree, evaluates pipelines, calls functions.
 *
 * The evaluator is one class, because everything in it calls everything else; it lives as long as one template call.
 */

import { goText } from '../go/format.ts';
import { sortedKeys } from '../go/format-value.ts';
import { FunctionError } from '../go/function-error.ts';
import {
  type GoFunction,
  type GoValue,
  goInt,
  isInt,
  isMap,
  isObject,
  isTrue,
  type ParameterType,
  sliceItems,
} from '../go/value.ts';
import { checkArgument, literalArgument, literalValue } from './arguments.ts';
import { ExecutionError, type MissingField, placeOf } from './execution-error.ts';
import { lookUpField } from './field.ts';
import { type Budget, LimitError } from './limits.ts';
import { hintsForNil } from './nil-hints.ts';
import {
  type AnyNode,
  type Branch,
  type Command,
  type List,
  type Node,
  nodeText,
  type Operand,
  type Pipe,
  type Template,
} from './node.ts';

/** What a template call needs beside the template and its data. */
export interface Environment {
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly lookUpTemplate: (name: string) => Template | undefined;
  readonly budget: Budget;
}

/** Runs the template; the text it produces. Throws ExecutionError. */
export function executeTemplate(template: Template, data: GoValue, environment: Environment): string {
  return new Execution(template, data, environment).run(data);
}

interface Variable {
  readonly name: string;
  value: GoValue;
  /** What a range put there Go holds as interface{}. */
  viaInterface: boolean;
}

type Signal = 'break' | 'continue' | undefined;

/** What an error carries beside its message. */
interface FailureDetails {
  readonly cause?: unknown;
  readonly hints?: readonly string[];
  readonly missing?: MissingField;
}

/** Stands for "no previous command in the pipeline", which differs from one that gave no value. */
const MISSING: unique symbol = Symbol('missing');
type Final = GoValue | typeof MISSING;

/** What a field, a method or a function is called with; `args` begins with what is called. */
interface Invocation {
  readonly dot: Dot;
  readonly args: readonly Operand[];
  readonly final: Final;
}

/** Values that Go holds as interface{}, so that messages name that type: elements of lists while ranging over them. */
interface Dot {
  readonly value: GoValue;
  readonly viaInterface: boolean;
}

class Execution {
  readonly #template: Template;
  readonly #environment: Environment;
  readonly #budget: Budget;
  readonly #variables: Variable[];
  #node: AnyNode | undefined;
  #output = '';

  constructor(template: Template, data: GoValue, environment: Environment) {
    this.#template = template;
    this.#environment = environment;
    this.#budget = environment.budget;
    this.#variables = [{ name: '$', value: data, viaInterface: false }];
  }

  run(data: GoValue): string {
    if (--this.#budget.depth < 0) this.#fail('exceeded maximum template depth');
    try {
      this.#walkList({ value: data ?? undefined, viaInterface: false }, this.#template.root);
    } finally {
      this.#budget.depth++;
    }
    return this.#output;
  }

  #walkList(dot: Dot, list: List): Signal {
    for (const node of list) {
      const signal = this.#walk(dot, node);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  #walk(dot: Dot, node: Node): Signal {
    this.#node = node;
    switch (node.type) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.declarations.length === 0) this.#print(value, node);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#conditional(dot, node);
      case 'range':
        return this.#range(dot, node);
      case 'template':
        this.#callTemplate(dot, node);
        return undefined;
      default:
        return node.type;
    }
  }

  #print(value: GoValue, node: Node): void {
    this.#node = node;
    if (value === undefined || value === null) this.#write('<no value>');
    else if (isObject(value) && value.kind === 'func')
      this.#fail(`can't print ${nodeText(node)} of type ${value.type}`);
    else this.#write(goText(value));
  }

  #write(text: string): void {
    this.#budget.output -= text.length;
    if (this.#budget.output < 0) throw new LimitError('the templates produce more text than is allowed');
    this.#output += text;
  }

  #conditional(dot: Dot, node: Branch): Signal {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    let signal: Signal;
    if (isTrue(value)) {
      signal = this.#walkList(node.type === 'with' ? { value, viaInterface: false } : dot, node.list);
    } else if (node.elseList !== undefined) {
      signal = this.#walkList(dot, node.elseList);
    }
    this.#variables.length = mark;
    return signal;
  }

  #range(dot: Dot, node: Branch): Signal {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    const ran = this.#iterate(value, node);
    this.#variables.length = mark;
    if (ran || node.elseList === undefined) return undefined;
    return this.#walkList(dot, node.elseList);
  }

  /** True when there was at least one element. */
  #iterate(value: GoValue, node: Branch): boolean {
    if (value === undefined || value === null) return false;
    if (isMap(value)) {
      for (const key of sortedKeys(value)) {
        if (this.#iteration(node, key, value.get(key) ?? null)) break;
      }
      return value.size > 0;
    }
    const items = sliceItems(value);
    if (items !== undefined) {
      let index = 0;
      for (const item of items) if (this.#iteration(node, goInt(index++), item ?? null)) break;
      return index > 0;
    }
    if (isInt(value)) return this.#iterateNumber(value.value, node);
    return this.#fail(`range can't iterate over ${goText(value)}`);
  }

  #iterateNumber(count: bigint, node: Branch): boolean {
    if (node.pipe.declarations.length > 1) {
      this.#fail(`can't use ${count} to iterate over more than one variable`);
    }
    for (let n = 0n; n < count; n++) if (this.#iteration(node, undefined, goInt(n))) break;
    return count > 0n;
  }

  /** One turn of the loop; true when it asked to stop. */
  #iteration(node: Branch, index: GoValue, element: GoValue): boolean {
    const { declarations, isAssignment } = node.pipe;
    const top = this.#variables.length;
    const values = declarations.length > 1 ? [index, element] : [element];
    declarations.forEach((name, at) => {
      if (isAssignment) this.#assign(name, values[at]);
      else this.#variables[top - declarations.length + at] = { name, value: values[at], viaInterface: true };
    });
    const signal = this.#walkList({ value: element, viaInterface: true }, node.list);
    this.#variables.length = top;
    return signal === 'break';
  }

  #callTemplate(dot: Dot, node: Extract<Node, { type: 'template' }>): void {
    const template = this.#environment.lookUpTemplate(node.name);
    if (template === undefined) this.#fail(`template ${node.quoted} not defined`);
    const data = node.pipe === undefined ? undefined : this.#pipeline(dot, node.pipe);
    this.#output += executeTemplate(template, data, this.#environment);
  }

  #pipeline(dot: Dot, pipe: Pipe): GoValue {
    this.#node = pipe;
    let value: Final = MISSING;
    for (const command of pipe.commands) {
      const result: GoValue = this.#command(dot, command, value);
      value = result ?? undefined;
    }
    const final = value === MISSING ? undefined : value;
    for (const name of pipe.declarations) {
      if (pipe.isAssignment) this.#assign(name, final);
      else this.#variables.push({ name, value: final, viaInterface: false });
    }
    return final;
  }

  #command(dot: Dot, command: Command, final: Final): GoValue {
    if (--this.#budget.steps < 0) throw new LimitError('the templates take more steps than are allowed');
    const first = command.args[0];
    if (first === undefined) return undefined;
    switch (first.type) {
      case 'field':
        this.#node = first;
        return this.#fields(dot, first.names, first, { dot, args: command.args, final });
      case 'chain':
        return this.#chain(dot, first, command.args, final);
      case 'identifier':
        return this.#functionCall(dot, first.name, command, command.args, final);
      case 'pipe':
        this.#notAFunction(command.args, final);
        return this.#pipeline(dot, first);
      case 'variable':
        return this.#variable(dot, first, command.args, final);
    }
    this.#node = first;
    this.#notAFunction(command.args, final);
    if (first.type === 'dot') return dot.value;
    if (first.type === 'nil') this.#fail('nil is not a command');
    return literalValue(first);
  }

  #notAFunction(args: readonly Operand[], final: Final): void {
    const [first] = args;
    if (first === undefined || (args.length <= 1 && final === MISSING)) return;
    this.#fail(`can't give argument to non-function ${nodeText(first)}`);
  }

  #chain(dot: Dot, node: Extract<Operand, { type: 'chain' }>, args: readonly Operand[], final: Final): GoValue {
    this.#node = node;
    if (node.node.type === 'nil') this.#fail(`indirection through explicit nil in ${nodeText(node)}`);
    const receiver = this.#argument(dot, node.node, 'value');
    return this.#fields({ value: receiver ?? undefined, viaInterface: false }, node.names, node, { dot, args, final });
  }

  #variable(dot: Dot, node: Extract<Operand, { type: 'variable' }>, args: readonly Operand[], final: Final): GoValue {
    this.#node = node;
    const [name = '$', ...names] = node.names;
    const { value, viaInterface } = this.#variableNamed(name);
    if (names.length === 0) {
      this.#notAFunction(args, final);
      return value;
    }
    return this.#fields({ value, viaInterface }, names, node, { dot, args, final });
  }

  #variableNamed(name: string): Variable {
    for (let at = this.#variables.length - 1; at >= 0; at--) {
      const variable = this.#variables[at];
      if (variable?.name === name) return variable;
    }
    return this.#fail(`undefined variable: ${name}`);
  }

  #assign(name: string, value: GoValue): void {
    for (let at = this.#variables.length - 1; at >= 0; at--) {
      const variable = this.#variables[at];
      if (variable?.name !== name) continue;
      variable.value = value;
      variable.viaInterface = false;
      return;
    }
    this.#fail(`undefined variable: ${name}`);
  }

  /** `.a.b.c args`: only the last name gets the arguments. */
  #fields(receiver: Dot, names: readonly string[], node: Operand, invocation: Invocation): GoValue {
    const { dot, args, final } = invocation;
    let { value, viaInterface } = receiver;
    for (const [at, name] of names.entries()) {
      const isLast = at === names.length - 1;
      // No value at all has no fields either; only a nil that stands somewhere is an error.
      if (value === undefined) {
        if (isLast) return undefined;
        continue;
      }
      if (value === null) {
        const missing = { receiver: receiver.value, names: names.slice(0, at) };
        this.#fail(`nil pointer evaluating interface {}.${name}`, {
          hints: hintsForNil(receiver.value, names, at),
          missing,
        });
      }
      const found = lookUpField(value, name, viaInterface, (message) =>
        this.#fail(message, { missing: { receiver: receiver.value, names: names.slice(0, at) } }),
      );
      if (found.kind === 'method') {
        value = this.#call(found.method, name, node, isLast ? invocation : { dot, args: [], final: MISSING });
        viaInterface = false;
      } else {
        if (isLast && (args.length > 1 || final !== MISSING)) this.#fail(found.withArguments);
        value = found.value;
        viaInterface = found.viaInterface;
      }
    }
    return value;
  }

  #functionCall(dot: Dot, name: string, node: Command | Operand, args: readonly Operand[], final: Final): GoValue {
    this.#node = node.type === 'command' ? (node.args[0] ?? node) : node;
    const called = this.#environment.functions.get(name);
    if (called === undefined) return this.#fail(`"${name}" is not a defined function`);
    if (name === 'and' || name === 'or') return this.#shortCircuit(dot, name, called, args, final);
    return this.#call(called, name, node, { dot, args, final });
  }

  #shortCircuit(dot: Dot, name: 'and' | 'or', called: GoFunction, args: readonly Operand[], final: Final): GoValue {
    this.#checkCount(called, name, args.length - 1, final);
    let value: GoValue;
    for (const arg of args.slice(1)) {
      value = this.#argument(dot, arg, 'value');
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === MISSING ? value : final;
  }

  #call(called: GoFunction, name: string, node: AnyNode, { dot, args, final }: Invocation): GoValue {
    const given = args.length === 0 ? 0 : args.length - 1;
    this.#checkCount(called, name, given, final);
    const values: GoValue[] = [];
    for (let at = 0; at < given; at++) {
      const operand = args[at + 1];
      if (operand !== undefined) values.push(this.#argument(dot, operand, parameterType(called, at)));
    }
    if (final !== MISSING) {
      values.push(checkArgument(final, parameterType(called, given), (message) => this.#fail(message)));
    }
    return this.#invoke(called, name, node, values);
  }

  #invoke(called: GoFunction, name: string, node: AnyNode, values: readonly GoValue[]): GoValue {
    try {
      return called.run(values);
    } catch (error) {
      if (!(error instanceof FunctionError) && !(error instanceof ExecutionError)) throw error;
      this.#node = node;
      throw this.#error(`error calling ${name}: ${error.message}`, { cause: error });
    }
  }

  #checkCount(called: GoFunction, name: string, given: number, final: Final): void {
    const count = given + (final === MISSING ? 0 : 1);
    const wanted = called.parameters.length;
    if (called.rest !== undefined) {
      if (count < wanted) this.#fail(`wrong number of args for ${name}: want at least ${wanted} got ${given}`);
    } else if (count !== wanted) {
      this.#fail(`wrong number of args for ${name}: want ${wanted} got ${count}`);
    }
  }

  #argument(dot: Dot, node: Operand, type: ParameterType): GoValue {
    this.#node = node;
    const fail = (message: string): never => this.#fail(message);
    switch (node.type) {
      case 'dot':
        return checkArgument(dot.value, type, fail);
      case 'field':
        return checkArgument(this.#fields(dot, node.names, node, { dot, args: [], final: MISSING }), type, fail);
      case 'variable':
        return checkArgument(this.#variable(dot, node, [], MISSING), type, fail);
      case 'pipe':
        return checkArgument(this.#pipeline(dot, node), type, fail);
      case 'identifier':
        return checkArgument(this.#functionCall(dot, node.name, node, [], MISSING), type, fail);
      case 'chain':
        return checkArgument(this.#chain(dot, node, [], MISSING), type, fail);
      default:
        return literalArgument(node, type, fail);
    }
  }

  #fail(message: string, options: FailureDetails = {}): never {
    throw this.#error(message, options);
  }

  #error(message: string, options: FailureDetails): ExecutionError {
    const place = placeOf(this.#template, this.#node ?? { type: 'text', text: '', position: 0 });
    return new ExecutionError(place, message, options);
  }
}

function parameterType(called: GoFunction, at: number): ParameterType {
  return called.parameters[at] ?? called.rest ?? 'any';
}
