/**
 * Comprehensions. The folds that macros make are recognised: `all` and `exists` stop as soon as they are decided, `map`
 * and `filter` collect into one list instead of joining lists again and again.
 */
import { type CallExpr, type ComprehensionExpr, type Expr, operators } from '../syntax/ast.ts';
import { MapBuilder } from '../values/map-value.ts';
import { errorValue, isError, type Result, type Value } from '../values/value.ts';
import { addEntry } from './entry.ts';
import { type Frame, type Step, spend, spendTurn } from './frame.ts';
import { type Planner, type Scope, withVariable } from './planner.ts';

/** What cel-go charges for a turn beside the macro's own expressions. */
const quantifierTurn = 3;
const appendTurn = 12;

const noOverload = errorValue('no such overload');

export function planComprehension(expr: ComprehensionExpr, scope: Scope, planner: Planner): Step {
  if (isBinding(expr)) return planBinding(expr, scope, planner);
  const range = planner.plan(expr.iterRange, scope);
  const first = planner.newSlot();
  const second = expr.iterVar2 === undefined ? undefined : planner.newSlot();
  let inner = withVariable(scope, expr.iterVar, first);
  if (expr.iterVar2 !== undefined && second !== undefined) inner = withVariable(inner, expr.iterVar2, second);
  const loop = planLoop(expr, { outer: scope, inner, planner });
  return (frame) => {
    const over = range(frame);
    if (isError(over)) return over;
    if (typeof over !== 'object' || over === null) return noOverload;
    if (over.kind === 'list') return loop(frame, over.items, listTurn(over.items, first, second));
    if (over.kind !== 'map') return noOverload;
    const keys = over.keys();
    return loop(frame, keys, (inFrame, index) => {
      const key = keys[index] ?? null;
      inFrame.locals[first] = key;
      if (second !== undefined) inFrame.locals[second] = over.get(key) ?? null;
    });
  };
}

/** Sets the variables of one turn. */
type SetVariables = (frame: Frame, index: number) => void;
type Loop = (frame: Frame, items: readonly Value[], set: SetVariables) => Result;

interface LoopPlan {
  readonly outer: Scope;
  readonly inner: Scope;
  readonly planner: Planner;
}

function listTurn(items: readonly Value[], first: number, second: number | undefined): SetVariables {
  if (second === undefined) {
    return (frame, index) => {
      frame.locals[first] = items[index] ?? null;
    };
  }
  return (frame, index) => {
    frame.locals[first] = BigInt(index);
    frame.locals[second] = items[index] ?? null;
  };
}

function planLoop(expr: ComprehensionExpr, plan: LoopPlan): Loop {
  return planQuantifier(expr, plan) ?? planCollection(expr, plan) ?? planInsertion(expr, plan) ?? planFold(expr, plan);
}

/** `cel.bind` is a fold over nothing. */
function isBinding({ iterRange, loopCondition }: ComprehensionExpr): boolean {
  const isEmpty = iterRange.kind === 'list' && iterRange.elements.length === 0;
  return isEmpty && loopCondition.kind === 'constant' && loopCondition.value === false;
}

function planBinding(expr: ComprehensionExpr, scope: Scope, planner: Planner): Step {
  const value = planner.plan(expr.accuInit, scope);
  const slot = planner.newSlot();
  const result = planner.plan(expr.result, withVariable(scope, expr.accuVar, slot));
  return (frame) => {
    frame.locals[slot] = value(frame);
    return result(frame);
  };
}

/** `@result && p` or `@result || p`, going on while undecided. */
function planQuantifier(expr: ComprehensionExpr, { inner, planner }: LoopPlan): Loop | undefined {
  const { loopStep: step, loopCondition: condition, accuVar, result } = expr;
  if (step.kind !== 'call' || condition.kind !== 'call' || condition.name !== operators.notStrictlyFalse)
    return undefined;
  if (step.name !== operators.and && step.name !== operators.or) return undefined;
  const [soFar, predicate] = step.args;
  if (!isName(soFar, accuVar) || !isName(result, accuVar) || predicate === undefined) return undefined;
  const decisive = step.name === operators.or;
  const decide = planner.plan(predicate, inner);
  return (frame, items, set) => {
    let undecided: Result = !decisive;
    for (let index = 0; index < items.length; index++) {
      spendTurn(frame, quantifierTurn);
      set(frame, index);
      const decided = decide(frame);
      if (decided === decisive) return decisive;
      if (decided !== !decisive && !isError(undecided)) undecided = isError(decided) ? decided : noOverload;
    }
    return undecided;
  };
}

function isName(expr: Expr | undefined, name: string): boolean {
  return expr?.kind === 'ident' && expr.name === name;
}

/** The predicate and the call of a step `p ? call : @result`, or of a step that is the call. */
function conditionalCall(step: Expr, accuVar: string): { predicate: Expr | undefined; call: CallExpr } | undefined {
  if (step.kind !== 'call') return undefined;
  if (step.name !== operators.conditional) return { predicate: undefined, call: step };
  const [predicate, call, otherwise] = step.args;
  return call?.kind === 'call' && isName(otherwise, accuVar) ? { predicate, call } : undefined;
}

/** `p ? @result + [e] : @result`. */
function planCollection(expr: ComprehensionExpr, { inner, planner }: LoopPlan): Loop | undefined {
  const { accuInit, accuVar, loopStep, result } = expr;
  const found = conditionalCall(loopStep, accuVar);
  if (found === undefined || accuInit.kind !== 'list' || accuInit.elements.length > 0 || !isName(result, accuVar)) {
    return undefined;
  }
  const [soFar, added] = found.call.args;
  if (found.call.name !== operators.add || !isName(soFar, accuVar) || added?.kind !== 'list') return undefined;
  const [element] = added.elements;
  if (element === undefined || added.elements.length !== 1 || added.optionals.length > 0) return undefined;
  const passes = found.predicate === undefined ? undefined : planner.plan(found.predicate, inner);
  const transform = planner.plan(element, inner);
  return (frame, items, set) => {
    const collected: Value[] = [];
    for (let index = 0; index < items.length; index++) {
      spendTurn(frame, 1);
      set(frame, index);
      const passed = passes === undefined ? true : passes(frame);
      if (passed === false) continue;
      if (passed !== true) return isError(passed) ? passed : noOverload;
      spend(frame, appendTurn);
      const value = transform(frame);
      if (isError(value)) return value;
      collected.push(value);
    }
    return { kind: 'list', items: collected };
  };
}

/** `p ? cel.@mapInsert(@result, key, value) : @result`, or with a map of entries in place of key and value. */
function planInsertion(expr: ComprehensionExpr, { inner, planner }: LoopPlan): Loop | undefined {
  const found = conditionalCall(expr.loopStep, expr.accuVar);
  if (found === undefined || found.call.name !== 'cel.@mapInsert') return undefined;
  const [, keyOrEntries, value] = found.call.args;
  if (keyOrEntries === undefined) return undefined;
  const passes = found.predicate === undefined ? undefined : planner.plan(found.predicate, inner);
  const first = planner.plan(keyOrEntries, inner);
  const second = value === undefined ? undefined : planner.plan(value, inner);
  return (frame, items, set) => {
    const builder = new MapBuilder();
    for (let index = 0; index < items.length; index++) {
      spendTurn(frame, 1);
      set(frame, index);
      const passed = passes === undefined ? true : passes(frame);
      if (passed === false) continue;
      if (passed !== true) return isError(passed) ? passed : noOverload;
      spend(frame, appendTurn);
      const error = insert(frame, builder, first, second);
      if (error !== undefined) return error;
    }
    return builder.build();
  };
}

function insert(frame: Frame, builder: MapBuilder, first: Step, second: Step | undefined): Result | undefined {
  const key = first(frame);
  if (isError(key)) return key;
  if (second !== undefined) {
    const value = second(frame);
    return isError(value) ? value : addEntry(builder, key, value);
  }
  if (typeof key !== 'object' || key?.kind !== 'map') return noOverload;
  for (const each of key.keys()) {
    const error = addEntry(builder, each, key.get(each) ?? null);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Any other fold, as the language defines it. */
function planFold(expr: ComprehensionExpr, { outer, inner, planner }: LoopPlan): Loop {
  const accumulator = planner.newSlot();
  const init = planner.plan(expr.accuInit, outer);
  const inLoop = withVariable(inner, expr.accuVar, accumulator);
  const condition = planner.plan(expr.loopCondition, inLoop);
  const step = planner.plan(expr.loopStep, inLoop);
  const result = planner.plan(expr.result, withVariable(outer, expr.accuVar, accumulator));
  return (frame, items, set) => {
    frame.locals[accumulator] = init(frame);
    for (let index = 0; index < items.length; index++) {
      spendTurn(frame, 1);
      set(frame, index);
      if (condition(frame) !== true) break;
      frame.locals[accumulator] = step(frame);
    }
    return result(frame);
  };
}
