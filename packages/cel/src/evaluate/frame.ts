/**
 * What one evaluation has at hand: the variables, the slots of local ones, and how much it may still cost.
 */
import type { Result, Value } from '../values/value.ts';

/** Variables by name. A `Map` is one. */
export interface Bindings {
  get(name: string): Value | undefined;
}

export interface Frame {
  readonly bindings: Bindings;
  /** Variables of comprehensions and bindings inside the expression; the planner gives each a slot. */
  readonly locals: Result[];
  /** Units spent so far. */
  cost: number;
  readonly costLimit: number;
  /** True when nobody waits for the result any more. */
  readonly isCancelled: (() => boolean) | undefined;
}

/** A planned expression. */
export type Step = (frame: Frame) => Result;

/** Ends an evaluation: no part of the expression may absorb this. */
export class EvaluationStopped extends Error {
  readonly reason: 'cost' | 'cancelled';

  constructor(reason: 'cost' | 'cancelled') {
    super(reason === 'cost' ? 'operation cancelled: actual cost limit exceeded' : 'operation interrupted');
    this.reason = reason;
  }
}

/** Spends units; throws EvaluationStopped when there aren't that many left. */
export function spend(frame: Frame, units: number): void {
  frame.cost += units;
  if (frame.cost > frame.costLimit) throw new EvaluationStopped('cost');
}

/** Spends units of one more turn of a loop, and looks whether the evaluation is still wanted. */
export function spendTurn(frame: Frame, units: number): void {
  spend(frame, units);
  if (frame.isCancelled?.() === true) throw new EvaluationStopped('cancelled');
}
