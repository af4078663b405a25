/**
 * What the checker finds out about nodes of the tree, by their ids: which variable or type a name means, which overloads
 * a call may take.
 */
import type { Expr } from '../syntax/ast.ts';

export interface Reference {
  /** The full name of a variable, type or function; '' for operators and member functions. */
  readonly name: string;
  readonly overloads: readonly string[];
}

export type References = ReadonlyMap<number, Reference>;

/** A call of a function in a namespace looks like a member call: `math.abs(x)`. This is the name it then has. */
export function namespacedName(
  target: Expr,
  name: string,
  nameOf: (expr: Expr) => string | undefined,
): string | undefined {
  const prefix = nameOf(target);
  return prefix === undefined ? undefined : `${prefix}.${name}`;
}
