/**
 * An environment says what expressions may use: variables with their types, functions, macros. It compiles text into
 * expressions that can be evaluated any number of times.
 */
import { check } from './check/checker.ts';
import type { References } from './check/reference.ts';
import { type Bindings, EvaluationStopped, type Frame, type Step } from './evaluate/frame.ts';
import { planExpression } from './evaluate/plan.ts';
import type { FunctionDeclaration, Overload } from './functions/overload.ts';
import { standardFunctions } from './functions/standard.ts';
import { comprehensionsLibrary } from './libraries/comprehensions.ts';
import type { Library } from './libraries/library.ts';
import { optionalLibrary } from './libraries/optional.ts';
import type { Expr } from './syntax/ast.ts';
import { allMacros } from './syntax/extension-macros.ts';
import type { Macro } from './syntax/macro.ts';
import { parse } from './syntax/parser.ts';
import { formatSourceErrors } from './syntax/source-error.ts';
import { type Type, types } from './types/type.ts';
import { errorValue, type Result } from './values/value.ts';

export interface EnvironmentOptions {
  /** Variables and their types; `types.dyn` for those whose type isn't known. */
  readonly variables: Readonly<Record<string, Type>>;
  readonly libraries?: readonly Library[];
  /** Macros in place of all that there are. */
  readonly macros?: readonly Macro[];
  /** Types of objects' fields; undefined when an object has no such field. */
  readonly fieldType?: (objectType: string, field: string) => Type | undefined;
  readonly container?: string;
  /** Lists such as `[1, 'a']` are errors. Default false. */
  readonly homogeneousLiterals?: boolean;
  /** Without it the parser knows neither `a.?b` nor fields in back quotes. Default true. */
  readonly extendedSyntax?: boolean;
}

export interface EvaluateOptions {
  /** Units that the evaluation may cost; without a limit when absent. */
  readonly costLimit?: number;
  /** Asked between the turns of loops: true ends the evaluation. */
  readonly isCancelled?: () => boolean;
}

export interface Evaluation {
  readonly result: Result;
  /** Units that it cost. */
  readonly cost: number;
  /** Set when the evaluation was ended before it had a result of its own. */
  readonly stopped?: 'cost' | 'cancelled';
}

/** A compiled expression. */
export interface Expression {
  readonly expr: Expr;
  readonly type: Type;
  /** Types of all nodes by their ids; empty for an expression that wasn't checked. */
  readonly types: ReadonlyMap<number, Type>;
  readonly references: References | undefined;
  /** Never throws for anything that the expression does: errors are results. */
  evaluate(bindings: Bindings, options?: EvaluateOptions): Evaluation;
}

export type Compiled = { readonly expression: Expression } | { readonly errors: string };

export interface Environment {
  /** Parses and checks; the errors are one text with a line and a caret for each. */
  compile(source: string): Compiled;
  /** Parses only: everything is decided by the values. */
  parse(source: string): Compiled;
  /** The same functions and macros over other variables; much cheaper than an environment of its own. */
  withVariables(options: Pick<EnvironmentOptions, 'variables' | 'fieldType'>): Environment;
}

/**
 * @example
 * const environment = createEnvironment({ variables: { self: types.dyn } });
 * const compiled = environment.compile('self.replicas <= 10');
 * if ('expression' in compiled) compiled.expression.evaluate(new Map([['self', valueOfJson({ replicas: 3 })]])).result; // true
 */
export function createEnvironment(options: EnvironmentOptions): Environment {
  const functions = functionTable([
    ...standardFunctions,
    ...[optionalLibrary, comprehensionsLibrary, ...(options.libraries ?? [])].flatMap((library) => library.functions),
  ]);
  const typeNames = new Map((options.libraries ?? []).flatMap((library) => [...(library.typeNames ?? [])]));
  return environmentOf(options, { functions, typeNames });
}

interface Declarations {
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly typeNames: ReadonlyMap<string, Type>;
}

function environmentOf(options: EnvironmentOptions, declarations: Declarations): Environment {
  const { functions, typeNames } = declarations;
  const overloadsOf = (name: string) => functions.get(name);
  const { variables } = options;
  const context = {
    variableType: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    overloadsOf,
    fieldType: options.fieldType ?? (() => undefined),
    typeNamed: (name: string) => typeNames.get(name),
    container: options.container ?? '',
    homogeneousLiterals: options.homogeneousLiterals ?? false,
  };
  const extended = options.extendedSyntax ?? true;
  const syntax = { macros: options.macros ?? allMacros, optionalSyntax: extended, quotedFields: extended };
  return {
    compile(source) {
      const parsed = parse(source, syntax);
      if ('errors' in parsed) return parsed;
      const checked = check(parsed.expr, context);
      if (checked.errors.length > 0) return { errors: formatSourceErrors(source, checked.errors) };
      const { references } = checked;
      const plan = planExpression(parsed.expr, { overloadsOf, references });
      return {
        expression: {
          expr: parsed.expr,
          type: checked.type,
          types: checked.types,
          references,
          evaluate: evaluator(plan),
        },
      };
    },
    parse(source) {
      const parsed = parse(source, syntax);
      if ('errors' in parsed) return parsed;
      const plan = planExpression(parsed.expr, { overloadsOf, references: undefined });
      const unchecked = { type: types.dyn, types: new Map<number, Type>(), references: undefined };
      return { expression: { expr: parsed.expr, ...unchecked, evaluate: evaluator(plan) } };
    },
    withVariables: (own) => environmentOf({ ...options, ...own }, declarations),
  };
}

/** Libraries may add overloads to functions that others declare. */
function functionTable(declarations: readonly FunctionDeclaration[]): ReadonlyMap<string, readonly Overload[]> {
  const table = new Map<string, readonly Overload[]>();
  for (const { name, overloads } of declarations) table.set(name, [...(table.get(name) ?? []), ...overloads]);
  return table;
}

/** Shared by expressions that have no local variables: nobody writes to it. */
const noLocals: Result[] = [];

function evaluator({ step, slots }: { readonly step: Step; readonly slots: number }): Expression['evaluate'] {
  return (bindings, options) => {
    const frame: Frame = {
      bindings,
      locals: slots === 0 ? noLocals : Array.from<Result>({ length: slots }).fill(null),
      cost: 0,
      costLimit: options?.costLimit ?? Number.POSITIVE_INFINITY,
      isCancelled: options?.isCancelled,
    };
    try {
      return { result: step(frame), cost: frame.cost };
    } catch (error) {
      if (!(error instanceof EvaluationStopped)) throw error;
      return { result: errorValue(error.message), cost: frame.cost, stopped: error.reason };
    }
  };
}
