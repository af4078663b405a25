/**
 * From syntax tree to closures: everything that can be known beforehand is decided here, once.
 */

import { type Expr, type ListExpr, type MapExpr, qualifiedName, type SelectExpr } from '../syntax/ast.ts';
import { isTypeName } from '../types/type-names.ts';
import { MapBuilder } from '../values/map-value.ts';
import { typeValue } from '../values/type-value.ts';
import { errorValue, isError, type Result, type Value } from '../values/value.ts';
import { addEntry } from './entry.ts';
import { hasField, selectField } from './field.ts';
import { type Frame, type Step, spend } from './frame.ts';
import { planCall } from './plan-call.ts';
import { planComprehension } from './plan-comprehension.ts';
import { emptyScope, type PlanContext, type Planner, type Scope } from './planner.ts';

const listCost = 10;
const mapCost = 30;

/** A step that evaluates the expression, and how many local slots its frames need. */
export function planExpression(expr: Expr, context: PlanContext): { readonly step: Step; readonly slots: number } {
  let slots = 0;
  const planner: Planner = {
    ...context,
    plan: (inner, scope) => planNode(inner, scope, planner),
    newSlot: () => slots++,
  };
  const step = planner.plan(expr, emptyScope);
  return { step, slots };
}

function planNode(expr: Expr, scope: Scope, planner: Planner): Step {
  switch (expr.kind) {
    case 'constant': {
      const { value } = expr;
      return () => value;
    }
    case 'ident':
      return planName(expr.id, expr.name, scope, planner);
    case 'select':
      return planSelect(expr, scope, planner);
    case 'call':
      return planCall(expr, scope, planner);
    case 'list':
      return planList(expr, scope, planner);
    case 'map':
      return planMap(expr, scope, planner);
    case 'struct': {
      const error = errorValue(`unknown type: ${expr.typeName}`);
      return () => error;
    }
    case 'comprehension':
      return planComprehension(expr, scope, planner);
  }
}

function planName(id: number, written: string, scope: Scope, planner: Planner): Step {
  const slot = scope.slotOf(written);
  if (slot !== undefined) {
    return (frame) => {
      spend(frame, 1);
      return frame.locals[slot] ?? null;
    };
  }
  const name = planner.references?.get(id)?.name ?? written.replace(/^\./, '');
  const unbound = isTypeName(name)
    ? typeValue(name === 'google.protobuf.NullValue' ? 'null_type' : name)
    : errorValue(`no such attribute(s): ${name}`);
  return (frame) => {
    spend(frame, 1);
    const value = frame.bindings.get(name);
    return value === undefined ? unbound : value;
  };
}

function planSelect(expr: SelectExpr, scope: Scope, planner: Planner): Step {
  const reference = planner.references?.get(expr.id);
  if (reference !== undefined && reference.name !== '') return planName(expr.id, reference.name, emptyScope, planner);
  const { field, testOnly } = expr;
  const operand = planner.plan(expr.operand, scope);
  const isName = qualifiedName(expr.operand) !== undefined;
  const select = testOnly ? hasField : selectField;
  const selected = (frame: Frame): Result => {
    const value = operand(frame);
    return isError(value) ? value : select(value, field);
  };
  const asType = qualifiedName(expr) ?? '';
  if (planner.references !== undefined || !isName) return selected;
  // Unchecked, `a.b.c` may be the name of one variable.
  return (frame) => {
    const value = frame.bindings.get(asType);
    if (value !== undefined) return value;
    return isTypeName(asType) ? typeValue(asType) : selected(frame);
  };
}

function planList(expr: ListExpr, scope: Scope, planner: Planner): Step {
  const elements = expr.elements.map((element) => planner.plan(element, scope));
  const optionals = new Set(expr.optionals);
  return (frame) => {
    spend(frame, listCost);
    const items: Value[] = [];
    for (let index = 0; index < elements.length; index++) {
      const value = elements[index]?.(frame) ?? null;
      if (isError(value)) return value;
      if (!optionals.has(index)) items.push(value);
      else if (typeof value !== 'object' || value?.kind !== 'optional') return notOptional;
      else if (value.value !== undefined) items.push(value.value);
    }
    return { kind: 'list', items };
  };
}

const notOptional = errorValue('cannot initialize optional entry from non-optional value');

function planMap(expr: MapExpr, scope: Scope, planner: Planner): Step {
  const entries = expr.entries.map(({ key, value, optional }) => ({
    key: planner.plan(key, scope),
    value: planner.plan(value, scope),
    optional,
  }));
  return (frame) => {
    spend(frame, mapCost);
    const builder = new MapBuilder();
    for (const entry of entries) {
      const key = entry.key(frame);
      if (isError(key)) return key;
      const value = entry.value(frame);
      if (isError(value)) return value;
      const error = entry.optional ? addOptional(builder, key, value) : addEntry(builder, key, value);
      if (error !== undefined) return error;
    }
    return builder.build();
  };
}

function addOptional(builder: MapBuilder, key: Value, value: Value): Result | undefined {
  if (typeof value !== 'object' || value?.kind !== 'optional') return notOptional;
  return value.value === undefined ? undefined : addEntry(builder, key, value.value);
}
