/**
 * What the parts of planning share: how names are resolved, which functions there are, what the checker found out.
 */
import type { References } from '../check/reference.ts';
import type { Overload } from '../functions/overload.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Step } from './frame.ts';

/** The local variables that an expression sees: names to slots, inner ones first. */
export interface Scope {
  slotOf(name: string): number | undefined;
}

export interface PlanContext {
  /** Overloads of a function; undefined when there is no function of that name. */
  overloadsOf(name: string): readonly Overload[] | undefined;
  /** What the checker resolved names and calls to; undefined for an expression that wasn't checked. */
  readonly references: References | undefined;
}

export interface Planner extends PlanContext {
  plan(expr: Expr, scope: Scope): Step;
  /** A slot that nothing else uses. */
  newSlot(): number;
}

export const emptyScope: Scope = { slotOf: () => undefined };

export function withVariable(scope: Scope, name: string, slot: number): Scope {
  return { slotOf: (other) => (other === name ? slot : scope.slotOf(other)) };
}
