/**
 * Pipelines in which a template is called (`include`, `tpl`): compiled to steps, because the call interrupts them. What has
 * been evaluated by then waits on the machine's stack; pieces without such calls are evaluated at once.
 */
import { isTrue, type ParameterType } from '../go/value.ts';
import { literalArgument } from './arguments.ts';
import { type Environment, TEMPLATE_FUNCTIONS } from './environment.ts';
import {
  checkCount,
  checkNoArguments,
  compileArgument,
  compileCommand,
  compileDeclarations,
  compileOperand,
  compilePipe,
  compileReceiver,
  type FieldOperand,
  fieldNames,
  isLiteral,
  parameterType,
  walkFields,
} from './evaluate.ts';
import { type Final, type Machine, Method, MISSING, type Step } from './machine.ts';
import type { Command, Operand, Pipe } from './node.ts';

/** What is being compiled: the functions there are, and the steps so far. */
interface Output {
  readonly functions: Environment['functions'];
  readonly steps: Step[];
}

/** Adds the steps after which the value of the pipeline is on the stack, and its variables are set. */
export function emitPipe(pipe: Pipe, out: Output): void {
  if (!suspends(pipe)) {
    const evaluate = compilePipe(pipe, out.functions);
    out.steps.push((machine) => machine.stack.push(evaluate(machine)));
    return;
  }
  out.steps.push((machine) => {
    machine.node = pipe;
  });
  pipe.commands.forEach((command, index) => {
    emitCommand(command, index > 0, out);
    out.steps.push((machine) => machine.stack.push(machine.stack.pop() ?? undefined));
  });
  const declare = compileDeclarations(pipe);
  if (pipe.declarations.length > 0) out.steps.push((machine) => declare(machine, machine.stack.at(-1)));
}

/** True when a template is called somewhere in it. */
export function suspends(node: Operand | Command): boolean {
  switch (node.type) {
    case 'pipe':
      return node.commands.some(suspends);
    case 'chain':
      return suspends(node.node);
    case 'command': {
      const [first] = node.args;
      return (first?.type === 'identifier' && TEMPLATE_FUNCTIONS.has(first.name)) || node.args.some(suspends);
    }
    default:
      return false;
  }
}

/** What stands on the stack below what a command has put there: the value of the command before it. */
function takeFinal(machine: Machine, hasFinal: boolean): Final {
  return hasFinal ? machine.stack.pop() : MISSING;
}

function emitCommand(command: Command, hasFinal: boolean, out: Output): void {
  if (!suspends(command)) {
    const evaluate = compileCommand(command, out.functions);
    out.steps.push((machine) => machine.stack.push(evaluate(machine, takeFinal(machine, hasFinal))));
    return;
  }
  const [first, ...rest] = command.args;
  out.steps.push((machine) => machine.countStep());
  switch (first?.type) {
    case 'identifier':
      return emitCall(first.name, command, rest, hasFinal, out);
    case 'pipe':
      out.steps.push((machine) => checkNoArguments(machine, first, rest.length, takeFinal(machine, hasFinal)));
      return emitPipe(first, out);
    case 'chain':
    case 'field':
    case 'variable':
      return emitFields(first, rest, hasFinal, out);
  }
  // Nothing else may have arguments, which is an error before any of them is looked at.
  const evaluate = compileCommand(command, out.functions);
  out.steps.push((machine) => machine.stack.push(evaluate(machine, takeFinal(machine, hasFinal))));
}

/** Puts the argument on the stack, whatever its type. */
function emitOperand(node: Operand, out: Output): void {
  if (!suspends(node)) {
    const evaluate = compileOperand(node, out.functions);
    out.steps.push((machine) => machine.stack.push(evaluate(machine)));
  } else if (node.type === 'pipe') {
    emitPipe(node, out);
  } else if (node.type === 'chain') {
    emitFields(node, [], false, out);
  }
}

/** Puts it there as an argument of the type. */
function emitArgument(node: Operand, type: ParameterType, out: Output): void {
  if (suspends(node)) {
    emitOperand(node, out);
    out.steps.push((machine) => machine.stack.push(machine.check(machine.stack.pop(), type)));
  } else {
    const evaluate = compileArgument(node, type, out.functions);
    out.steps.push((machine) => machine.stack.push(evaluate(machine)));
  }
}

function emitCall(name: string, command: Command, args: readonly Operand[], hasFinal: boolean, out: Output): void {
  const called = out.functions.get(name);
  const named = command.args[0] ?? command;
  out.steps.push((machine) => {
    machine.node = named;
    if (called === undefined) machine.fail(`"${name}" is not a defined function`);
    else checkCount(machine, called, name, args.length, hasFinal ? null : MISSING);
  });
  if (called === undefined) return;
  if (name === 'and' || name === 'or') return emitShortCircuit(name, args, hasFinal, out);
  args.forEach((arg, at) => {
    emitArgument(arg, parameterType(called, at), out);
  });
  const call = { name, node: command };
  const finalType = parameterType(called, args.length);
  const runsTemplate = TEMPLATE_FUNCTIONS.has(name);
  out.steps.push((machine) => {
    const values = machine.take(args.length);
    if (hasFinal) values.push(machine.check(machine.stack.pop(), finalType));
    if (runsTemplate) machine.callFunction(call, values[0], values[1]);
    else machine.stack.push(machine.runFunction(call, values));
  });
}

/** The value that decides stays on the stack; the value of the command before stands below until then. */
function emitShortCircuit(name: 'and' | 'or', args: readonly Operand[], hasFinal: boolean, out: Output): void {
  const jumps: number[] = [];
  args.forEach((arg, at) => {
    if (at > 0) out.steps.push(pop);
    emitArgument(arg, 'value', out);
    jumps.push(out.steps.length);
    out.steps.push(pop);
  });
  // No argument decided: the value of the command before counts as the last one.
  if (hasFinal) out.steps.push(pop);
  const end = out.steps.length;
  for (const at of jumps) {
    out.steps[at] = (machine) => {
      const value = machine.stack.at(-1);
      if (isTrue(value) !== (name === 'or')) return;
      if (hasFinal) machine.stack.splice(-2, 2, value);
      machine.pc = end;
    };
  }
}

const pop: Step = (machine) => {
  machine.stack.pop();
};

/** `.a.b ARGS` whose receiver or arguments call templates: whether the last name is a method shows on the way. */
function emitFields(node: FieldOperand, args: readonly Operand[], hasFinal: boolean, out: Output): void {
  emitReceiver(node, out);
  const names = fieldNames(node);
  const find = out.steps.length;
  out.steps.push(pop);
  args.forEach((arg, at) => {
    emitUntyped(arg, out);
    out.steps.push((machine) => {
      const method = machine.methods.at(-1);
      if (method === undefined) return;
      const type = parameterType(method.called, at);
      const value = machine.stack.pop();
      machine.stack.push(isLiteral(arg) ? literalArgument(arg, type, machine.failing) : machine.check(value, type));
    });
  });
  out.steps.push((machine) => callMethod(machine, args.length, hasFinal));
  const end = out.steps.length;
  out.steps[find] = (machine) => {
    const receiver = machine.stack.pop();
    if (names.length === 0) checkNoArguments(machine, node, args.length, MISSING);
    const found = walkFields(machine, receiver, names, node, args.length > 0 || hasFinal);
    if (found instanceof Method) {
      checkCount(machine, found.called, found.name, args.length, hasFinal ? null : MISSING);
      machine.methods.push(found);
    } else {
      takeFinal(machine, hasFinal);
      machine.stack.push(found);
      machine.pc = end;
    }
  };
}

function emitReceiver(node: FieldOperand, out: Output): void {
  if (node.type === 'chain' && suspends(node.node)) {
    out.steps.push((machine) => {
      machine.node = node;
    });
    emitOperand(node.node, out);
    out.steps.push((machine) => {
      machine.stack.push(machine.stack.pop() ?? undefined);
      machine.viaInterface = false;
    });
  } else {
    const receiver = compileReceiver(node, out.functions);
    out.steps.push((machine) => machine.stack.push(receiver(machine)));
  }
}

/** A literal has its value from the type that is wanted. */
function emitUntyped(node: Operand, out: Output): void {
  if (!isLiteral(node)) return emitOperand(node, out);
  out.steps.push((machine) => {
    machine.node = node;
    machine.stack.push(undefined);
  });
}

function callMethod(machine: Machine, count: number, hasFinal: boolean): void {
  const method = machine.methods.pop();
  if (method === undefined) return;
  const values = machine.take(count);
  if (hasFinal) values.push(machine.check(machine.stack.pop(), parameterType(method.called, count)));
  machine.call = method;
  machine.stack.push(method.called.run(values));
}
