/**
 * The macros of cel-go's extensions: comprehensions over two variables, `optMap` and `optFlatMap`, `cel.bind`,
 * `math.greatest` and `math.least`.
 */
import { type Expr, operators, qualifiedName } from './ast.ts';
import { type Macro, type MacroCall, MacroError } from './macro.ts';
import {
  accumulator,
  argument,
  collected,
  counted,
  fold,
  member,
  quantified,
  standardMacros,
  variableOf,
} from './standard-macros.ts';

const twoVariables: readonly Macro[] = [
  member('all', 3, (call) => quantified(call, 'all', pairOf(call), argument(call, 2))),
  member('exists', 3, (call) => quantified(call, 'exists', pairOf(call), argument(call, 2))),
  member('existsOne', 3, (call) => counted(call, pairOf(call), argument(call, 2))),
  member('exists_one', 3, (call) => counted(call, pairOf(call), argument(call, 2))),
  member('transformList', 3, (call) => collected(call, pairOf(call), undefined, argument(call, 2))),
  member('transformList', 4, (call) => collected(call, pairOf(call), argument(call, 2), argument(call, 3))),
  member('transformMap', 3, (call) => transformMap(call, undefined, argument(call, 2))),
  member('transformMap', 4, (call) => transformMap(call, argument(call, 2), argument(call, 3))),
  member('transformMapEntry', 3, (call) => transformMapEntry(call, undefined, argument(call, 2))),
  member('transformMapEntry', 4, (call) => transformMapEntry(call, argument(call, 2), argument(call, 3))),
];

function pairOf(call: MacroCall): readonly [string, string] {
  const message = 'argument must be a simple name';
  const first = variableOf(call.args[0], call.offset, message);
  const second = variableOf(call.args[1], call.offset, message);
  if (first === second) throw new MacroError(call.args[1]?.offset ?? call.offset, `duplicate variable name: ${first}`);
  return [first, second];
}

function transformMap(call: MacroCall, predicate: Expr | undefined, transform: Expr): Expr {
  const variables = pairOf(call);
  const key = call.factory.ident(call.args[0]?.offset ?? call.offset, variables[0]);
  return inserted(call, variables, predicate, [key, transform]);
}

function transformMapEntry(call: MacroCall, predicate: Expr | undefined, entry: Expr): Expr {
  return inserted(call, pairOf(call), predicate, [entry]);
}

function inserted(
  call: MacroCall,
  variables: readonly [string, string],
  predicate: Expr | undefined,
  entry: readonly Expr[],
): Expr {
  const { factory, offset } = call;
  const soFar = () => factory.ident(offset, accumulator);
  const larger = factory.call(offset, 'cel.@mapInsert', [soFar(), ...entry]);
  return fold(call, {
    variables,
    init: factory.map(offset, []),
    condition: factory.constant(offset, true),
    step: predicate === undefined ? larger : factory.call(offset, operators.conditional, [predicate, larger, soFar()]),
    result: soFar(),
  });
}

const optionals: readonly Macro[] = [
  member('optMap', 2, (call) => optionalMap(call, (result) => call.factory.call(call.offset, 'optional.of', [result]))),
  member('optFlatMap', 2, (call) => optionalMap(call, (result) => result)),
];

/** `o.optMap(v, e)`: none stays none, otherwise `v` is bound to the value. */
function optionalMap(call: MacroCall, wrap: (result: Expr) => Expr): Expr {
  const { factory, offset, target } = call;
  const variable = variableOf(call.args[0], offset, 'optMap() variable name must be a simple identifier');
  // The optional is computed once, and looked at twice.
  const once = target.kind === 'ident' ? undefined : '@target';
  const optional = () => (once === undefined ? target : factory.ident(offset, once));
  const value = factory.memberCall(offset, 'value', optional(), []);
  const mapped = factory.call(offset, operators.conditional, [
    factory.memberCall(offset, 'hasValue', optional(), []),
    wrap(bound(call, variable, value, argument(call, 1))),
    factory.call(offset, 'optional.none', []),
  ]);
  return once === undefined ? mapped : bound(call, once, target, mapped);
}

/** A fold over nothing whose accumulator is the variable. */
function bound({ factory, offset }: MacroCall, name: string, value: Expr, result: Expr): Expr {
  return factory.comprehension(offset, {
    iterVar: '#unused',
    iterVar2: undefined,
    iterRange: factory.list(offset, []),
    accuVar: name,
    accuInit: value,
    loopCondition: factory.constant(offset, false),
    loopStep: factory.ident(offset, name),
    result,
  });
}

/** `list.sortBy(e, key)` sorts by the keys that it computes beforehand. */
const sortBy: Macro = member('sortBy', 2, (call) => {
  const { factory, offset, target } = call;
  const variable = variableOf(call.args[0], offset, 'sortBy() variable name must be a simple identifier');
  const input = () => factory.ident(offset, '@sortBy');
  const keys = collected({ ...call, target: input() }, [variable], undefined, argument(call, 1));
  return bound(call, '@sortBy', target, factory.call(offset, 'lists.@sortByAssociatedKeys', [input(), keys]));
});

const bind: Macro = member('bind', 3, (call) => {
  if (call.target.kind !== 'ident' || call.target.name !== 'cel') return undefined;
  const variable = variableOf(call.args[0], call.offset, 'cel.bind() variable names must be simple identifiers');
  return bound(call, variable, argument(call, 1), argument(call, 2));
});

function extremum(macro: string, name: string): Macro {
  return {
    name: macro,
    arity: undefined,
    isMember: true,
    expand(call) {
      if (qualifiedName(call.target) !== 'math') return undefined;
      const { args, factory, offset } = call;
      if (args.length === 0) throw new MacroError(call.target.offset, `math.${macro}() requires at least one argument`);
      for (const arg of args) extremumArgument(arg, macro, args.length);
      if (args.length <= 2) return factory.call(offset, name, args);
      return factory.call(offset, name, [factory.list(offset, args)]);
    },
  };
}

function extremumArgument(arg: Expr, macro: string, count: number): void {
  const isNumber =
    arg.kind !== 'constant' || isNumeric(arg.value)
      ? arg.kind !== 'map' && arg.kind !== 'struct' && (arg.kind !== 'list' || (count === 1 && arg.elements.length > 0))
      : false;
  if (isNumber) return;
  const what = count === 1 ? 'invalid single argument value' : 'simple literal arguments must be numeric';
  throw new MacroError(arg.offset, `math.${macro}() ${what}`);
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'uint')
  );
}

/** Every macro there is. */
export const allMacros: readonly Macro[] = [
  ...standardMacros,
  ...twoVariables,
  ...optionals,
  sortBy,
  bind,
  extremum('greatest', 'math.@max'),
  extremum('least', 'math.@min'),
];
