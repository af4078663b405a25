/**
 * Calls: operators that don't always evaluate all operands have steps of their own, all others take the first overload
 * that fits the values.
 */
import { namespacedName } from '../check/reference.ts';
import { callCost } from '../cost/call-cost.ts';
import { sizeOf } from '../cost/size.ts';
import { indexValue, lookUp } from '../functions/comparison.ts';
import type { Overload } from '../functions/overload.ts';
import { type CallExpr, type Expr, operators } from '../syntax/ast.ts';
import { equalValues } from '../values/equality.ts';
import { errorValue, isError, noneValue, optionalOf, type Result, type Value } from '../values/value.ts';
import { optionalField } from './field.ts';
import { type Frame, type Step, spend } from './frame.ts';
import type { Planner, Scope } from './planner.ts';

const rangeFunction = 'lists.range';
/** As many elements or characters of a result cost one unit. */
const perResultUnit = 100;
const noOverload = errorValue('no such overload');

export function planCall(expr: CallExpr, scope: Scope, planner: Planner): Step {
  const own = planOperator(expr, scope, planner);
  if (own !== undefined) return own;
  const { name, args } = resolveCall(expr, scope, planner);
  const overloads = candidates(expr, name, args.length, planner);
  if (overloads === undefined) {
    const error = errorValue(`unbound function: ${name}`);
    return () => error;
  }
  const steps = args.map((arg) => planner.plan(arg, scope));
  return planOverloads(name, overloads, steps);
}

/** The function's full name and its operands, the target first where there is one. */
function resolveCall(expr: CallExpr, scope: Scope, planner: Planner): { name: string; args: readonly Expr[] } {
  if (expr.target === undefined) return { name: expr.name.replace(/^\./, ''), args: expr.args };
  const full = namespacedName(expr.target, expr.name, (target) => nameOutside(target, scope));
  const checked = planner.references?.get(expr.id)?.name ?? '';
  if (full !== undefined && (checked === full || planner.overloadsOf(full) !== undefined)) {
    return { name: full, args: expr.args };
  }
  return { name: expr.name, args: [expr.target, ...expr.args] };
}

/** The expression as a name, unless it begins with a local variable. */
function nameOutside(expr: Expr, scope: Scope): string | undefined {
  if (expr.kind === 'ident') return scope.slotOf(expr.name) === undefined ? expr.name.replace(/^\./, '') : undefined;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = nameOutside(expr.operand, scope);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function candidates(expr: CallExpr, name: string, arity: number, planner: Planner): readonly Overload[] | undefined {
  const all = planner.overloadsOf(name);
  if (all === undefined) return undefined;
  const isMember = arity > expr.args.length;
  const fitting = all.filter((overload) => overload.params.length === arity && overload.isMember === isMember);
  const resolved = planner.references?.get(expr.id)?.overloads;
  return resolved === undefined ? fitting : fitting.filter(({ id }) => resolved.includes(id));
}

function planOverloads(name: string, overloads: readonly Overload[], args: readonly Step[]): Step {
  const [a, b, c, d] = args;
  const costs = overloads.map(({ id }) => callCost(id, name));
  const [only] = overloads;
  const isSimple = name !== rangeFunction && costs[0] === undefined;
  if (only !== undefined && overloads.length === 1 && isSimple && a !== undefined && c === undefined) {
    return planSimple(only, a, b);
  }
  return (frame) => {
    const w = a === undefined ? null : a(frame);
    if (isError(w)) return w;
    const x = b === undefined ? null : b(frame);
    if (isError(x)) return x;
    const y = c === undefined ? null : c(frame);
    if (isError(y)) return y;
    const z = d === undefined ? null : d(frame);
    if (isError(z)) return z;
    for (let index = 0; index < overloads.length; index++) {
      const result = overloads[index]?.call(w, x, y, z);
      if (result === undefined) continue;
      const cost = costs[index];
      spend(frame, cost === undefined ? 1 : cost([w, x, y, z].slice(0, args.length).map(sizeOf)));
      // What is made of a number costs by what it has become.
      if (name === rangeFunction && !isError(result)) spend(frame, sizeOf(result));
      return charged(frame, result);
    }
    return noOverload;
  };
}

/** One overload with one or two operands of constant cost: nearly every call there is. */
function planSimple({ call }: Overload, a: Step, b: Step | undefined): Step {
  if (b === undefined) {
    return (frame) => {
      const x = a(frame);
      if (isError(x)) return x;
      spend(frame, 1);
      return charged(frame, call(x, null, null, null));
    };
  }
  return (frame) => {
    const x = a(frame);
    if (isError(x)) return x;
    const y = b(frame);
    if (isError(y)) return y;
    spend(frame, 1);
    return charged(frame, call(x, y, null, null));
  };
}

/** The result of a call, of which large lists and texts cost something to make whatever the call costs. */
function charged(frame: Frame, result: Result | undefined): Result {
  if (result === undefined) return noOverload;
  const isLong = typeof result === 'string' || (typeof result === 'object' && result?.kind === 'list');
  const size = isLong ? sizeOf(result) : 0;
  if (size >= perResultUnit) spend(frame, Math.floor(size / perResultUnit));
  return result;
}

/** Steps of operators and functions that the table of functions can't express. */
function planOperator(expr: CallExpr, scope: Scope, planner: Planner): Step | undefined {
  const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
  const steps = () => operands.map((operand) => planner.plan(operand, scope));
  const [first, second] = operands;
  if (first === undefined) return undefined;
  if (expr.target !== undefined) {
    if (second === undefined || operands.length !== 2) return undefined;
    if (expr.name !== 'or' && expr.name !== 'orValue') return undefined;
    return planOptionalOr(expr.name, planner.plan(first, scope), planner.plan(second, scope));
  }
  if (expr.name === operators.notStrictlyFalse) return planNotStrictlyFalse(planner.plan(first, scope));
  if (second === undefined) return undefined;
  switch (expr.name) {
    case operators.and:
      return planJunction(planner.plan(first, scope), planner.plan(second, scope), false);
    case operators.or:
      return planJunction(planner.plan(first, scope), planner.plan(second, scope), true);
    case operators.conditional:
      return planConditional(steps());
    case operators.equals:
      return planEquality(planner.plan(first, scope), planner.plan(second, scope), true);
    case operators.notEquals:
      return planEquality(planner.plan(first, scope), planner.plan(second, scope), false);
    case operators.index:
      return planIndex(planner.plan(first, scope), planner.plan(second, scope));
    case operators.optionalIndex:
      return planOptionalIndex(planner.plan(first, scope), planner.plan(second, scope));
    case operators.optionalSelect:
      return planOptionalSelect(planner.plan(first, scope), second);
    default:
      return undefined;
  }
}

/** `&&` with `decisive` false, `||` with true: the decisive value wins over an error on the other side. */
function planJunction(left: Step, right: Step, decisive: boolean): Step {
  return (frame) => {
    const a = left(frame);
    if (a === decisive) return decisive;
    const b = right(frame);
    if (b === decisive) return decisive;
    if (a === !decisive && b === !decisive) return !decisive;
    if (isError(a)) return a;
    return isError(b) ? b : noOverload;
  };
}

function planConditional([condition, whenTrue, whenFalse]: readonly Step[]): Step {
  if (condition === undefined || whenTrue === undefined || whenFalse === undefined) return () => noOverload;
  return (frame) => {
    const decided = condition(frame);
    if (decided === true) return whenTrue(frame);
    if (decided === false) return whenFalse(frame);
    return isError(decided) ? decided : noOverload;
  };
}

function planNotStrictlyFalse(operand: Step): Step {
  return (frame) => {
    spend(frame, 1);
    return operand(frame) !== false;
  };
}

function planEquality(left: Step, right: Step, equal: boolean): Step {
  return (frame) => {
    const a = left(frame);
    if (isError(a)) return a;
    const b = right(frame);
    if (isError(b)) return b;
    spend(frame, equalityCost(a, b));
    return equalValues(a, b) === equal;
  };
}

function equalityCost(a: Value, b: Value): number {
  const size = Math.min(sizeOf(a), sizeOf(b));
  return size <= 10 ? 1 : Math.ceil(size / 10);
}

function planIndex(operand: Step, index: Step): Step {
  return (frame) => {
    const a = operand(frame);
    if (isError(a)) return a;
    const b = index(frame);
    if (isError(b)) return b;
    spend(frame, 1);
    if (typeof a === 'object' && a?.kind === 'optional')
      return a.value === undefined ? noneValue : optionalElement(a.value, b);
    return indexValue(a, b);
  };
}

function planOptionalIndex(operand: Step, index: Step): Step {
  return (frame: Frame): Result => {
    const a = operand(frame);
    if (isError(a)) return a;
    const b = index(frame);
    if (isError(b)) return b;
    spend(frame, 1);
    if (typeof a !== 'object' || a?.kind !== 'optional') return optionalElement(a, b);
    return a.value === undefined ? noneValue : optionalElement(a.value, b);
  };
}

function optionalElement(operand: Value, index: Value): Result {
  const found = lookUp(operand, index);
  if (found === undefined) return noneValue;
  return isError(found) ? found : optionalOf(found);
}

function planOptionalSelect(operand: Step, field: Expr): Step {
  const name = field.kind === 'constant' && typeof field.value === 'string' ? field.value : '';
  return (frame) => {
    const value = operand(frame);
    if (isError(value)) return value;
    spend(frame, 1);
    return optionalField(value, name);
  };
}

/** `optional.or(other)` and `optional.orValue(other)`: the other is only looked at when it is needed. */
function planOptionalOr(name: 'or' | 'orValue', operand: Step, other: Step): Step {
  return (frame) => {
    const value = operand(frame);
    if (isError(value)) return value;
    spend(frame, 1);
    if (typeof value !== 'object' || value?.kind !== 'optional') return noOverload;
    if (value.value !== undefined) return name === 'or' ? value : value.value;
    const instead = other(frame);
    if (name === 'orValue' || isError(instead)) return instead;
    return typeof instead === 'object' && instead?.kind === 'optional' ? instead : noOverload;
  };
}
