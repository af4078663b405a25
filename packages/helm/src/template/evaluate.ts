/**
 * Operands, commands and pipelines that run no template, compiled to functions that give their value at once. The order in
 * which they look at things, and the node that is at work meanwhile, decide what an error says.
 */
import { ANY_MAP, type GoFunction, GoMap, type GoValue, isTrue, type ParameterType, typeName } from '../go/value.ts';
import { literalArgument, literalValue } from './arguments.ts';
import type { Environment } from './environment.ts';
import { lookUpField } from './field.ts';
import { type Final, type Machine, Method, MISSING } from './machine.ts';
import { hintsForNil } from './nil-hints.ts';
import { type AnyNode, type Command, nodeText, type Operand, type Pipe } from './node.ts';

/** Gives the value of an operand or a pipeline. */
export type Evaluate = (machine: Machine) => GoValue;
/** Gives the value of a command, which may get that of the command before it. */
export type EvaluateCommand = (machine: Machine, final: Final) => GoValue;

type Functions = Environment['functions'];

/** The pipeline, whose variables it sets too. */
export function compilePipe(pipe: Pipe, functions: Functions): Evaluate {
  const commands = pipe.commands.map((command) => compileCommand(command, functions));
  const [first] = commands;
  if (commands.length === 1 && first !== undefined && pipe.declarations.length === 0) {
    return (machine) => {
      machine.node = pipe;
      return first(machine, MISSING) ?? undefined;
    };
  }
  const declare = compileDeclarations(pipe);
  return (machine) => {
    machine.node = pipe;
    let value: Final = MISSING;
    for (const command of commands) value = command(machine, value) ?? undefined;
    const result = value === MISSING ? undefined : value;
    declare(machine, result);
    return result;
  };
}

/** Sets or declares the variables of the pipeline. */
export function compileDeclarations({ declarations, isAssignment }: Pipe): (machine: Machine, value: GoValue) => void {
  return (machine, value) => {
    for (const name of declarations) {
      if (isAssignment) machine.assign(name, value);
      else machine.variables.push({ name, value, viaInterface: false });
    }
  };
}

export function compileCommand(command: Command, functions: Functions): EvaluateCommand {
  const evaluate = compileFirst(command, functions);
  return (machine, final) => {
    machine.countStep();
    return evaluate(machine, final);
  };
}

function compileFirst(command: Command, functions: Functions): EvaluateCommand {
  const [first, ...rest] = command.args;
  if (first === undefined) return () => undefined;
  switch (first.type) {
    case 'field':
    case 'chain':
    case 'variable':
      return compileFields(first, rest, functions);
    case 'identifier':
      return compileCall(first.name, command, rest, functions);
    case 'pipe': {
      const pipe = compilePipe(first, functions);
      return (machine, final) => {
        checkNoArguments(machine, first, rest.length, final);
        return pipe(machine);
      };
    }
  }
  return (machine, final) => {
    machine.node = first;
    checkNoArguments(machine, first, rest.length, final);
    if (first.type === 'dot') return machine.dot;
    if (first.type === 'nil') return machine.fail('nil is not a command');
    return literalValue(first);
  };
}

export function checkNoArguments(machine: Machine, first: Operand, given: number, final: Final): void {
  if (given > 0 || final !== MISSING) machine.fail(`can't give argument to non-function ${nodeText(first)}`);
}

/** An operand as an argument whose type is known. */
export function compileArgument(node: Operand, type: ParameterType, functions: Functions): Evaluate {
  if (isLiteral(node)) return compileLiteral(node, type);
  const evaluate = compileOperand(node, functions);
  if (type === 'value') return evaluate;
  return (machine) => machine.check(evaluate(machine), type);
}

export function isLiteral(node: Operand): boolean {
  return node.type === 'string' || node.type === 'number' || node.type === 'bool' || node.type === 'nil';
}

function compileLiteral(node: Operand, type: ParameterType): Evaluate {
  try {
    const value = literalArgument(node, type, (message): never => {
      throw new LiteralError(message);
    });
    return (machine) => {
      machine.node = node;
      return value;
    };
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    const { message } = error;
    return (machine) => {
      machine.node = node;
      return machine.fail(message);
    };
  }
}

/** What is wrong with a literal is found when it is compiled, but only an error when the template comes there. */
class LiteralError extends Error {}

/** An operand as it is. */
export function compileOperand(node: Operand, functions: Functions): Evaluate {
  switch (node.type) {
    case 'dot':
      return (machine) => {
        machine.node = node;
        return machine.dot;
      };
    case 'field':
    case 'chain':
    case 'variable': {
      const fields = compileFields(node, [], functions);
      return (machine) => fields(machine, MISSING);
    }
    case 'pipe':
      return compilePipe(node, functions);
    case 'identifier': {
      const call = compileCall(node.name, node, [], functions);
      return (machine) => call(machine, MISSING);
    }
    default:
      return (machine) => {
        machine.node = node;
        return literalValue(node);
      };
  }
}

export type FieldOperand = Extract<Operand, { type: 'field' | 'chain' | 'variable' }>;

/** `.a.b ARGS`, `$x.a ARGS`, `(…).a ARGS`: the last name may be a method, which gets the arguments. */
function compileFields(node: FieldOperand, args: readonly Operand[], functions: Functions): EvaluateCommand {
  const receiver = compileReceiver(node, functions);
  const names = fieldNames(node);
  const given = args.map((arg) => compileUntyped(arg, functions));
  if (names.length === 0) {
    return (machine, final) => {
      const value = receiver(machine);
      checkNoArguments(machine, node, given.length, final);
      return value;
    };
  }
  return (machine, final) => {
    const value = receiver(machine);
    const found = walkFields(machine, value, names, node, given.length > 0 || final !== MISSING);
    return found instanceof Method ? callMethod(machine, found, given, final) : found;
  };
}

/** The names after the receiver. */
export function fieldNames(node: FieldOperand): readonly string[] {
  return node.type === 'variable' ? node.names.slice(1) : node.names;
}

/** What the first name is looked up in. Leaves in the machine whether Go would see an interface{} there. */
export function compileReceiver(node: FieldOperand, functions: Functions): Evaluate {
  if (node.type === 'field') {
    return (machine) => {
      machine.node = node;
      machine.viaInterface = machine.dotViaInterface;
      return machine.dot;
    };
  }
  if (node.type === 'variable') {
    const [name = '$'] = node.names;
    return (machine) => {
      machine.node = node;
      const { value, viaInterface } = machine.variable(name);
      machine.viaInterface = viaInterface;
      return value;
    };
  }
  const evaluate = compileOperand(node.node, functions);
  return (machine) => {
    machine.node = node;
    if (node.node.type === 'nil') machine.fail(`indirection through explicit nil in ${nodeText(node)}`);
    const value = evaluate(machine) ?? undefined;
    machine.viaInterface = false;
    return value;
  };
}

/** Follows the names; `machine.viaInterface` says how the receiver is seen. */
export function walkFields(
  machine: Machine,
  receiver: GoValue,
  names: readonly string[],
  node: AnyNode,
  hasArguments: boolean,
): GoValue | Method {
  let value = receiver;
  const last = names.length - 1;
  for (let at = 0; at <= last; at++) {
    // No value at all has no fields either; only a nil that stands somewhere is an error.
    if (value === undefined) return undefined;
    const name = names[at] ?? '';
    if (value === null) {
      return machine.fail(`nil pointer evaluating interface {}.${name}`, {
        hints: hintsForNil(receiver, names, at),
        missing: { receiver, names: names.slice(0, at) },
      });
    }
    if (value instanceof GoMap && !hasArguments && isValuesType(value.type) && value.methods?.has(name) !== true) {
      value = value.get(name) ?? null;
      machine.viaInterface = true;
      continue;
    }
    const found = lookUpField(value, name);
    if (found === undefined) {
      const type = machine.viaInterface ? 'interface {}' : typeName(value);
      const missing = { receiver, names: names.slice(0, at) };
      return machine.fail(`can't evaluate field ${name} in type ${type}`, { missing });
    }
    if (found.kind === 'value') {
      if (at === last && hasArguments) machine.fail(found.withArguments);
      value = found.value;
      machine.viaInterface = found.viaInterface;
    } else {
      const method = new Method(found.method, name, node);
      if (at === last) return method;
      value = callMethod(machine, method, [], MISSING);
      machine.viaInterface = false;
    }
  }
  return value;
}

/** The types whose elements are interface{}. */
function isValuesType(type: string): boolean {
  return type === ANY_MAP || type === 'common.Values';
}

/** An argument whose type is only known when the method is. */
type EvaluateUntyped = (machine: Machine, type: ParameterType) => GoValue;

function compileUntyped(node: Operand, functions: Functions): EvaluateUntyped {
  if (isLiteral(node)) {
    return (machine, type) => {
      machine.node = node;
      return literalArgument(node, type, machine.failing);
    };
  }
  const evaluate = compileOperand(node, functions);
  return (machine, type) => machine.check(evaluate(machine), type);
}

function callMethod(machine: Machine, method: Method, args: readonly EvaluateUntyped[], final: Final): GoValue {
  const { called, name } = method;
  checkCount(machine, called, name, args.length, final);
  const values = args.map((arg, at) => arg(machine, parameterType(called, at)));
  if (final !== MISSING) values.push(machine.check(final, parameterType(called, args.length)));
  machine.call = method;
  return called.run(values);
}

export function checkCount(machine: Machine, called: GoFunction, name: string, given: number, final: Final): void {
  const count = given + (final === MISSING ? 0 : 1);
  const wanted = called.parameters.length;
  if (called.rest !== undefined) {
    if (count < wanted) machine.fail(`wrong number of args for ${name}: want at least ${wanted} got ${given}`);
  } else if (count !== wanted) {
    machine.fail(`wrong number of args for ${name}: want ${wanted} got ${count}`);
  }
}

export function parameterType(called: GoFunction, at: number): ParameterType {
  return called.parameters[at] ?? called.rest ?? 'any';
}

/** A call of a function of the table. `node` is the command, or the operand that is nothing but the name. */
function compileCall(
  name: string,
  node: Command | Operand,
  args: readonly Operand[],
  functions: Functions,
): EvaluateCommand {
  const named = node.type === 'command' ? (node.args[0] ?? node) : node;
  const called = functions.get(name);
  if (called === undefined) {
    return (machine) => {
      machine.node = named;
      return machine.fail(`"${name}" is not a defined function`);
    };
  }
  if (name === 'and' || name === 'or') return compileShortCircuit(name, called, named, args, functions);
  const given = args.map((arg, at) => compileArgument(arg, parameterType(called, at), functions));
  const finalType = parameterType(called, args.length);
  const call = { name, node };
  return (machine, final) => {
    machine.node = named;
    checkCount(machine, called, name, given.length, final);
    const values: GoValue[] = [];
    for (const arg of given) values.push(arg(machine));
    if (final !== MISSING) values.push(machine.check(final, finalType));
    return machine.runFunction(call, values);
  };
}

/** `and` and `or` only look at as many arguments as they need. */
function compileShortCircuit(
  name: 'and' | 'or',
  called: GoFunction,
  named: AnyNode,
  args: readonly Operand[],
  functions: Functions,
): EvaluateCommand {
  const given = args.map((arg) => compileArgument(arg, 'value', functions));
  const deciding = name === 'or';
  return (machine, final) => {
    machine.node = named;
    checkCount(machine, called, name, given.length, final);
    let value: GoValue;
    for (const arg of given) {
      value = arg(machine);
      if (isTrue(value) === deciding) return value;
    }
    return final === MISSING ? value : final;
  };
}
