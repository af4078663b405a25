/** Declares template functions with the types of their parameters, so that their code sees typed arguments. */
import type { GoFunction, GoInt, GoMap, GoObject, GoSlice, GoValue, ParameterType } from './value.ts';

/** What arrives for a parameter. An int comes as a number: nothing here has a use for sizes beyond 2^53. */
export interface ArgumentTypes {
  any: GoValue;
  value: GoValue;
  string: string;
  bool: boolean;
  int: number;
  int64: number;
  uint32: number;
  float64: number;
  map: GoMap;
  list: GoValue[];
  time: GoObject;
  certificate: GoObject;
  byteSlice: GoSlice;
}

type Arguments<P extends readonly ParameterType[]> = { [K in keyof P]: ArgumentTypes[P[K]] };

/** A function with these parameters. The arguments were checked against the types before the call. */
export function fn<const P extends readonly ParameterType[]>(
  parameters: P,
  run: (...args: Arguments<P>) => GoValue,
): GoFunction {
  if (!parameters.some(isInteger)) return { parameters, run: (args) => run(...checked<Arguments<P>>(args)) };
  return { parameters, run: (args) => run(...checked<Arguments<P>>(plain(args, parameters))) };
}

/** The same with any number of further arguments of one type. */
export function variadic<const P extends readonly ParameterType[], R extends ParameterType>(
  parameters: P,
  rest: R,
  run: (rest: ArgumentTypes[R][], ...args: Arguments<P>) => GoValue,
): GoFunction {
  const count = parameters.length;
  const types = [...parameters, rest];
  const hasIntegers = types.some(isInteger);
  return {
    parameters,
    rest,
    run: (args) => {
      const values = hasIntegers ? plain(args, types) : args;
      const more = checked<ArgumentTypes[R][]>(count === 0 && hasIntegers ? values : values.slice(count));
      return count === 0
        ? run(more, ...checked<Arguments<P>>(NONE))
        : run(more, ...checked<Arguments<P>>(values.slice(0, count)));
    },
  };
}

const NONE: readonly unknown[] = [];

function isInteger(type: ParameterType): boolean {
  return type === 'int' || type === 'int64' || type === 'uint32';
}

/** Integers as numbers. The last type is that of all further arguments. */
function plain(args: readonly GoValue[], types: readonly ParameterType[]): unknown[] {
  return args.map((arg, index) => {
    const type = types[Math.min(index, types.length - 1)];
    // The check before the call let only integers through for these types.
    return type !== undefined && isInteger(type) ? Number((arg as GoInt).value) : arg;
  });
}

/** The evaluator checked each argument against its type before the call. */
function checked<T extends readonly unknown[]>(values: readonly unknown[]): T {
  // What is said above can't be expressed in types: the list of types is known only as a value.
  return values as T;
}
