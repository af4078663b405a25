/**
 * Macros: calls that become other expressions while parsing (cel-spec, "Macros").
 */
import type { CallExpr, Expr } from './ast.ts';
import type { ExprFactory } from './expr-factory.ts';

/** What a macro is given: the call's own parts and a factory for nodes. */
export interface MacroCall {
  readonly factory: ExprFactory;
  /** Where generated nodes are said to be: the call's opening bracket. */
  readonly offset: number;
  readonly target: Expr;
  readonly args: readonly Expr[];
}

export interface Macro {
  readonly name: string;
  /** How many arguments it takes; undefined: any number. */
  readonly arity: number | undefined;
  readonly isMember: boolean;
  /** The expression that takes the call's place; undefined when the call isn't the macro's. Throws MacroError. */
  expand(call: MacroCall): Expr | undefined;
}

/** A call that names a macro but breaks its rules. */
export class MacroError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** What a call becomes when it is a macro's; undefined when it is none. */
export function expandMacro(call: CallExpr, macros: readonly Macro[], factory: ExprFactory): Expr | undefined {
  const macro = macros.find(
    ({ name, arity, isMember }) =>
      name === call.name &&
      isMember === (call.target !== undefined) &&
      (arity === undefined || arity === call.args.length),
  );
  // A global macro's target is never looked at.
  return macro?.expand({ factory, offset: call.offset, target: call.target ?? call, args: call.args });
}
