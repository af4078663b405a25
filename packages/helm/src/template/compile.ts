/**
 * Compiles a template to steps: text and actions in a row, control structures as jumps. What a structure changes (variables,
 * the dot) waits on the machine's stacks until its end.
 */

import { goText } from '../go/format.ts';
import { sortedKeys } from '../go/format-value.ts';
import { type GoValue, goInt, isInt, isMap, isTrue, sliceItems } from '../go/value.ts';
import type { Environment } from './environment.ts';
import { compilePipe } from './evaluate.ts';
import type { Loop, Machine, Step, Turn } from './machine.ts';
import type { Branch, List, Node, Pipe } from './node.ts';
import { emitPipe, suspends } from './suspend.ts';

type Functions = Environment['functions'];

/** The steps of a template's body. */
export function compileList(list: List, functions: Functions): Step[] {
  const compiler = new Compiler(functions);
  compiler.list(list);
  return compiler.steps;
}

class Compiler {
  readonly steps: Step[] = [];
  readonly functions: Functions;
  /** Of each loop around here, the steps that must jump to its end. */
  readonly #breaks: number[][] = [];
  readonly #loopStarts: number[] = [];

  constructor(functions: Functions) {
    this.functions = functions;
  }

  list(list: List): void {
    for (const node of list) this.#node(node);
  }

  #node(node: Node): void {
    switch (node.type) {
      case 'text':
        this.steps.push((machine) => machine.write(node.text));
        return;
      case 'action':
        return this.#action(node);
      case 'if':
      case 'with':
        return this.#conditional(node);
      case 'range':
        return this.#range(node);
      case 'template':
        return this.#call(node);
      default:
        return this.#loopControl(node.type);
    }
  }

  #action(node: Extract<Node, { type: 'action' }>): void {
    const { pipe } = node;
    const prints = pipe.declarations.length === 0;
    if (suspends(pipe)) {
      emitPipe(pipe, this);
      this.steps.push((machine) => {
        const value = machine.stack.pop();
        if (prints) machine.print(value, node);
      });
      return;
    }
    const evaluate = compilePipe(pipe, this.functions);
    this.steps.push(
      prints
        ? (machine) => machine.print(evaluate(machine), node)
        : (machine) => {
            evaluate(machine);
          },
    );
  }

  #conditional(node: Branch): void {
    this.steps.push(enterScope);
    const decide = this.#condition(node.pipe);
    if (node.type === 'with') {
      this.steps.push((machine) => {
        machine.dots.push({ value: machine.dot, viaInterface: machine.dotViaInterface });
        machine.dot = machine.stack.pop();
        machine.dotViaInterface = false;
      });
    } else {
      this.steps.push(pop);
    }
    this.list(node.list);
    if (node.type === 'with') this.steps.push(restoreDot);
    const skipElse = this.#hole();
    const otherwise = this.steps.length;
    this.steps.push(pop);
    if (node.elseList !== undefined) this.list(node.elseList);
    const end = this.steps.length;
    this.steps.push(leaveScope);
    this.steps[decide] = (machine) => {
      if (!isTrue(machine.stack.at(-1))) machine.pc = otherwise;
    };
    this.steps[skipElse] = jump(end);
  }

  /** Leaves the value on the stack; gives the place of the step that jumps by it. */
  #condition(pipe: Pipe): number {
    emitPipe(pipe, this);
    return this.#hole();
  }

  /** A step whose target isn't known yet. */
  #hole(): number {
    this.steps.push(pop);
    return this.steps.length - 1;
  }

  #range(node: Branch): void {
    this.steps.push(enterScope);
    emitPipe(node.pipe, this);
    const begin = this.#hole();
    const turn = this.#hole();
    const breaks: number[] = [];
    this.#breaks.push(breaks);
    this.#loopStarts.push(turn);
    this.list(node.list);
    this.#loopStarts.pop();
    this.#breaks.pop();
    this.steps.push(jump(turn));
    const finish = this.steps.length;
    this.steps.push(endLoop);
    const skipElse = this.#hole();
    const otherwise = this.steps.length;
    if (node.elseList !== undefined) this.list(node.elseList);
    const end = this.steps.length;
    this.steps.push(leaveScope);
    this.steps[begin] = (machine) => {
      const next = turnsOf(machine, machine.stack.pop(), node.pipe);
      if (next === undefined) machine.pc = otherwise;
      else beginLoop(machine, next);
    };
    this.steps[turn] = (machine) => {
      if (!nextTurn(machine, node.pipe)) machine.pc = finish;
    };
    for (const at of breaks) this.steps[at] = jump(finish);
    this.steps[skipElse] = jump(end);
  }

  #loopControl(type: 'break' | 'continue'): void {
    const start = this.#loopStarts.at(-1);
    if (type === 'continue' && start !== undefined) this.steps.push(jump(start));
    else this.#breaks.at(-1)?.push(this.#hole());
  }

  #call(node: Extract<Node, { type: 'template' }>): void {
    this.steps.push((machine) => {
      machine.node = node;
      machine.templateNamed(node.name);
    });
    if (node.pipe !== undefined) emitPipe(node.pipe, this);
    this.steps.push((machine) => {
      const data = node.pipe === undefined ? undefined : machine.stack.pop();
      machine.callTemplate(machine.templateNamed(node.name), data);
    });
  }
}

const pop: Step = (machine) => {
  machine.stack.pop();
};

const jump =
  (to: number): Step =>
  (machine) => {
    machine.pc = to;
  };

const enterScope: Step = (machine) => {
  machine.scopes.push(machine.variables.length);
};

const leaveScope: Step = (machine) => {
  machine.variables.length = machine.scopes.pop() ?? 1;
};

const restoreDot: Step = (machine) => {
  const dot = machine.dots.pop();
  machine.dot = dot?.value;
  machine.dotViaInterface = dot?.viaInterface ?? false;
};

function beginLoop(machine: Machine, next: Loop['next']): void {
  machine.dots.push({ value: machine.dot, viaInterface: machine.dotViaInterface });
  machine.loops.push({
    next,
    variables: machine.variables.length,
    scopes: machine.scopes.length,
    dots: machine.dots.length,
  });
}

/** Goes back to what was there before the turn, structures included that a `break` or `continue` left open. */
function restoreLoop(machine: Machine, loop: Loop): void {
  machine.variables.length = loop.variables;
  machine.scopes.length = loop.scopes;
  machine.dots.length = loop.dots;
}

const endLoop: Step = (machine) => {
  const loop = machine.loops.pop();
  if (loop !== undefined) restoreLoop(machine, loop);
  restoreDot(machine);
};

/** Sets the variables and the dot for the next turn; false when there is none. */
function nextTurn(machine: Machine, { declarations, isAssignment }: Pipe): boolean {
  const loop = machine.loops.at(-1);
  if (loop === undefined) return false;
  restoreLoop(machine, loop);
  const turn = loop.next();
  if (turn === undefined) return false;
  machine.countStep();
  const { index, element } = turn;
  const top = machine.variables.length;
  declarations.forEach((name, at) => {
    const value = declarations.length > 1 && at === 0 ? index : element;
    if (isAssignment) machine.assign(name, value);
    else machine.variables[top - declarations.length + at] = { name, value, viaInterface: true };
  });
  machine.dot = element;
  machine.dotViaInterface = true;
  return true;
}

/** What gives the elements one by one; undefined when there are none. */
function turnsOf(machine: Machine, value: GoValue, pipe: Pipe): Loop['next'] | undefined {
  if (value === undefined || value === null) return undefined;
  if (isMap(value)) {
    const keys = sortedKeys(value);
    return keys.length === 0
      ? undefined
      : turns(keys.length, (at) => ({ index: keys[at], element: value.get(keys[at] ?? '') ?? null }));
  }
  const items = sliceItems(value);
  if (items !== undefined) {
    return items.length === 0
      ? undefined
      : turns(items.length, (at) => ({ index: goInt(at), element: items[at] ?? null }));
  }
  if (!isInt(value)) return machine.fail(`range can't iterate over ${goText(value)}`);
  if (pipe.declarations.length > 1) machine.fail(`can't use ${value.value} to iterate over more than one variable`);
  return value.value <= 0n ? undefined : turns(Number(value.value), (at) => ({ index: undefined, element: goInt(at) }));
}

function turns(count: number, at: (index: number) => Turn): Loop['next'] {
  let index = 0;
  return () => (index < count ? at(index++) : undefined);
}
