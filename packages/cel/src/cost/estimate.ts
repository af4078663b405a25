/**
 * What an expression costs at most, before it is ever evaluated (cel-go's static cost model): loops count as often as
 * their lists can be long, strings as long as they can be.
 */
import type { References } from '../check/reference.ts';
import { type CallExpr, type ComprehensionExpr, type Expr, operators } from '../syntax/ast.ts';
import { optionalElement, type Type } from '../types/type.ts';
import { callCost } from './call-cost.ts';

/** How large a value can become: characters, bytes, elements or entries. */
export interface SizeBounds {
  readonly maxSize: number;
  /** Of a member of an object, or of a map's values. */
  member(name: string): SizeBounds | undefined;
  readonly element: SizeBounds | undefined;
  readonly key: SizeBounds | undefined;
}

interface Sized {
  readonly cost: number;
  readonly size: number;
  /** Where the value comes from, when that tells more about its parts. */
  readonly bounds: SizeBounds | undefined;
}

export interface EstimateInput {
  readonly expr: Expr;
  readonly types: ReadonlyMap<number, Type>;
  readonly references: References | undefined;
}

/** The greatest cost; infinite when a list or a text has no known end. */
export function estimateCost(input: EstimateInput, variables: ReadonlyMap<string, SizeBounds>): number {
  return estimate(input.expr, input, (name) => {
    const bounds = variables.get(name);
    return bounds === undefined ? undefined : { cost: 0, size: bounds.maxSize, bounds };
  }).cost;
}

type Scope = (name: string) => Sized | undefined;

function inside(scope: Scope, name: string, value: Sized | undefined): Scope {
  return (other) => (other === name ? value : scope(other));
}

function estimate(expr: Expr, input: EstimateInput, scope: Scope): Sized {
  switch (expr.kind) {
    case 'constant':
      return { cost: 0, size: constantSize(expr.value), bounds: undefined };
    case 'ident': {
      const known = scope(expr.name);
      return { cost: 1, size: known?.size ?? unknownSize(expr, input), bounds: known?.bounds };
    }
    case 'select': {
      const operand = estimate(expr.operand, input, scope);
      if (expr.testOnly) return { cost: operand.cost, size: 1, bounds: undefined };
      return part(operand.cost + 1, operand.bounds?.member(expr.field), expr, input);
    }
    case 'call':
      return estimateCall(expr, input, scope);
    case 'list': {
      const cost = expr.elements.reduce((sum, element) => sum + estimate(element, input, scope).cost, 10);
      return { cost, size: expr.elements.length, bounds: undefined };
    }
    case 'map': {
      const costOf = (each: Expr) => estimate(each, input, scope).cost;
      const cost = expr.entries.reduce((sum, { key, value }) => sum + costOf(key) + costOf(value), 30);
      return { cost, size: expr.entries.length, bounds: undefined };
    }
    case 'struct':
      return { cost: 40, size: 1, bounds: undefined };
    case 'comprehension':
      return estimateComprehension(expr, input, scope);
  }
}

function part(cost: number, bounds: SizeBounds | undefined, expr: Expr, input: EstimateInput): Sized {
  return { cost, size: bounds?.maxSize ?? unknownSize(expr, input), bounds };
}

function constantSize(value: Extract<Expr, { kind: 'constant' }>['value']): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && value?.kind === 'bytes' ? value.bytes.length : 1;
}

/** Without bounds only the type tells: what has no size counts as 1, everything else may be endless. */
function unknownSize(expr: Expr, { types }: EstimateInput): number {
  const type = types.get(expr.id);
  const inner = type === undefined ? undefined : (optionalElement(type) ?? type);
  const isSized = inner === undefined || ['string', 'bytes', 'list', 'map', 'dyn', 'any'].includes(inner.kind);
  return isSized ? Number.POSITIVE_INFINITY : 1;
}

function estimateCall(expr: CallExpr, input: EstimateInput, scope: Scope): Sized {
  const namespaced = expr.target !== undefined && (input.references?.get(expr.id)?.name ?? '') !== '';
  const name = namespaced ? (input.references?.get(expr.id)?.name ?? expr.name) : expr.name;
  const operands = expr.target === undefined || namespaced ? expr.args : [expr.target, ...expr.args];
  const sized = operands.map((operand) => estimate(operand, input, scope));
  const [first, second, third] = sized;
  const total = sized.reduce((sum, { cost }) => sum + cost, 0);
  switch (name) {
    case operators.and:
    case operators.or:
      return { cost: total, size: 1, bounds: undefined };
    case operators.conditional: {
      const cost = (first?.cost ?? 0) + Math.max(second?.cost ?? 0, third?.cost ?? 0);
      return { cost, size: Math.max(second?.size ?? 0, third?.size ?? 0), bounds: second?.bounds ?? third?.bounds };
    }
    case operators.index:
    case operators.optionalIndex:
      return part(total + 1, first?.bounds?.element, expr, input);
    case operators.optionalSelect: {
      const [, field] = expr.args;
      const written = field?.kind === 'constant' && typeof field.value === 'string' ? field.value : '';
      return part(total + 1, first?.bounds?.member(written), expr, input);
    }
    default: {
      const sizes = sized.map(({ size }) => size);
      const overloads = input.references?.get(expr.id)?.overloads ?? [''];
      const own = Math.max(...overloads.map((overload) => callCost(overload, name)?.(sizes) ?? 1));
      return { cost: total + own, ...resultOf(expr, name, sized, input) };
    }
  }
}

/** Functions that give back one of their operands, or a part of it. */
const keeping = new Set(
  (
    'lowerAscii upperAscii trim substring reverse sort distinct slice find findAll split dyn string bytes orValue or value ' +
    'charAt optional.of min max lists.@sortByAssociatedKeys'
  ).split(' '),
);

function resultOf(expr: CallExpr, name: string, operands: readonly Sized[], input: EstimateInput): Omit<Sized, 'cost'> {
  const [first, second] = operands;
  if (name === operators.add) {
    return {
      size: Math.min((first?.size ?? 0) + (second?.size ?? 0), unknownSize(expr, input)),
      bounds: first?.bounds ?? second?.bounds,
    };
  }
  if (name === 'replace') return { size: (first?.size ?? 1) * Math.max(operands[2]?.size ?? 1, 1), bounds: undefined };
  if (keeping.has(name)) {
    const size =
      name === 'orValue' || name === 'or' ? Math.max(first?.size ?? 0, second?.size ?? 0) : (first?.size ?? 1);
    return { size: Math.min(size, unknownSize(expr, input)), bounds: first?.bounds };
  }
  return { size: unknownSize(expr, input), bounds: undefined };
}

function estimateComprehension(expr: ComprehensionExpr, input: EstimateInput, scope: Scope): Sized {
  const range = estimate(expr.iterRange, input, scope);
  const init = estimate(expr.accuInit, input, scope);
  const isMap = input.types.get(expr.iterRange.id)?.kind === 'map';
  const element = sizedOf(range.bounds?.element);
  const first = isMap ? sizedOf(range.bounds?.key) : element;
  const isBinding = expr.iterRange.kind === 'list' && expr.iterRange.elements.length === 0;
  // What a loop collects is at most as long as what it goes over.
  const accumulated: Sized = isBinding
    ? init
    : { cost: 0, size: Math.max(range.size, init.size), bounds: range.bounds };
  const outer = inside(scope, expr.accuVar, accumulated);
  let inner = inside(
    outer,
    expr.iterVar,
    expr.iterVar2 === undefined || isMap ? first : { cost: 0, size: 1, bounds: undefined },
  );
  if (expr.iterVar2 !== undefined) inner = inside(inner, expr.iterVar2, element);
  const turn = estimate(expr.loopCondition, input, inner).cost + estimate(expr.loopStep, input, inner).cost;
  const result = estimate(expr.result, input, outer);
  const loops = range.size === 0 ? 0 : range.size * turn;
  return { cost: range.cost + init.cost + loops + result.cost, size: result.size, bounds: result.bounds };
}

function sizedOf(bounds: SizeBounds | undefined): Sized | undefined {
  return bounds === undefined ? undefined : { cost: 0, size: bounds.maxSize, bounds };
}
