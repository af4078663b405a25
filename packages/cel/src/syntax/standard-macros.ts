/**
 * The macros of the language itself: `has`, `all`, `exists`, `exists_one`, `map`, `filter` (cel-spec, "Macros").
 */
import { type Expr, operators } from './ast.ts';
import { type Macro, type MacroCall, MacroError } from './macro.ts';

export const accumulator = '@result';

export const standardMacros: readonly Macro[] = [
  { name: 'has', arity: 1, isMember: false, expand: has },
  member('all', 2, (call) => quantifier(call, 'all')),
  member('exists', 2, (call) => quantifier(call, 'exists')),
  member('exists_one', 2, existsOne),
  member('existsOne', 2, existsOne),
  member('map', 2, (call) => mapped(call, undefined, call.args[1])),
  member('map', 3, (call) => mapped(call, call.args[1], call.args[2])),
  member('filter', 2, (call) => filtered(call)),
];

export function member(name: string, arity: number, expand: Macro['expand']): Macro {
  return { name, arity, isMember: true, expand };
}

function has({ factory, offset, args: [argument] }: MacroCall): Expr {
  if (argument?.kind === 'select' && !argument.testOnly) {
    return factory.presenceTest(offset, argument.operand, argument.field);
  }
  throw new MacroError(argument?.offset ?? offset, 'invalid argument to has() macro');
}

/** The variable that an argument names. */
export function variableOf(argument: Expr | undefined, offset: number, message: string): string {
  if (argument?.kind !== 'ident' || argument.name.startsWith('.')) {
    throw new MacroError(argument?.offset ?? offset, message);
  }
  if (argument.name === accumulator || argument.name === '__result__') {
    throw new MacroError(argument.offset, 'iteration variable overwrites accumulator variable');
  }
  return argument.name;
}

/** The parts of a fold over one variable or two. */
export interface Fold {
  readonly variables: readonly [string, string?];
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export function fold({ factory, offset, target }: MacroCall, { variables, init, condition, step, result }: Fold): Expr {
  return factory.comprehension(offset, {
    iterVar: variables[0],
    iterVar2: variables[1],
    iterRange: target,
    accuVar: accumulator,
    accuInit: init,
    loopCondition: condition,
    loopStep: step,
    result,
  });
}

/** `all` goes on while everything was true, `exists` while nothing was; errors count as undecided. */
export function quantified(
  call: MacroCall,
  type: 'all' | 'exists',
  variables: readonly [string, string?],
  predicate: Expr,
): Expr {
  const { factory, offset } = call;
  const soFar = () => factory.ident(offset, accumulator);
  const undecided = type === 'all' ? soFar() : factory.call(offset, operators.not, [soFar()]);
  return fold(call, {
    variables,
    init: factory.constant(offset, type === 'all'),
    condition: factory.call(offset, operators.notStrictlyFalse, [undecided]),
    step: factory.call(offset, type === 'all' ? operators.and : operators.or, [soFar(), predicate]),
    result: soFar(),
  });
}

function quantifier(call: MacroCall, type: 'all' | 'exists'): Expr {
  const variable = variableOf(call.args[0], call.offset, 'argument must be a simple name');
  return quantified(call, type, [variable], argument(call, 1));
}

function existsOne(call: MacroCall): Expr {
  const variable = variableOf(call.args[0], call.offset, 'argument must be a simple name');
  return counted(call, [variable], argument(call, 1));
}

export function counted(call: MacroCall, variables: readonly [string, string?], predicate: Expr): Expr {
  const { factory, offset } = call;
  const soFar = () => factory.ident(offset, accumulator);
  const oneMore = factory.call(offset, operators.add, [soFar(), factory.constant(offset, 1n)]);
  return fold(call, {
    variables,
    init: factory.constant(offset, 0n),
    condition: factory.constant(offset, true),
    step: factory.call(offset, operators.conditional, [predicate, oneMore, soFar()]),
    result: factory.call(offset, operators.equals, [soFar(), factory.constant(offset, 1n)]),
  });
}

function mapped(call: MacroCall, predicate: Expr | undefined, transform: Expr | undefined): Expr {
  const variable = variableOf(call.args[0], call.offset, 'argument is not an identifier');
  return collected(call, [variable], predicate, transform ?? argument(call, 1));
}

function filtered(call: MacroCall): Expr {
  const variable = variableOf(call.args[0], call.offset, 'argument is not an identifier');
  const element = call.factory.ident(call.args[0]?.offset ?? call.offset, variable);
  return collected(call, [variable], argument(call, 1), element);
}

/** A list of what the transform gives for the elements that pass. */
export function collected(
  call: MacroCall,
  variables: readonly [string, string?],
  predicate: Expr | undefined,
  transform: Expr,
): Expr {
  const { factory, offset } = call;
  const soFar = () => factory.ident(offset, accumulator);
  const longer = factory.call(offset, operators.add, [soFar(), factory.list(offset, [transform])]);
  return fold(call, {
    variables,
    init: factory.list(offset, []),
    condition: factory.constant(offset, true),
    step: predicate === undefined ? longer : factory.call(offset, operators.conditional, [predicate, longer, soFar()]),
    result: soFar(),
  });
}

export function argument({ args, offset }: MacroCall, index: number): Expr {
  const expr = args[index];
  if (expr === undefined) throw new MacroError(offset, 'missing argument');
  return expr;
}
