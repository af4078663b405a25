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
  return { parameters, run: (args) => run(...plain<Arguments<P>>(args, parameters)) };
}

/** The same with any number of further arguments of one type. */
export function variadic<const P extends readonly ParameterType[], R extends ParameterType>(
  parameters: P,
  rest: R,
  run: (rest: ArgumentTypes[R][], ...args: Arguments<P>) => GoValue,
): GoFunction {
  return {
    parameters,
    rest,
    run: (args) => {
      const fixed = plain<Arguments<P>>(args.slice(0, parameters.length), parameters);
      const more = plain<ArgumentTypes[R][]>(
        args.slice(parameters.length),
        args.slice(parameters.length).map(() => rest),
      );
      return run(more, ...fixed);
    },
  };
}

const INTEGERS: ReadonlySet<ParameterType> = new Set(['int', 'int64', 'uint32'] as const);

function plain<T extends readonly unknown[]>(args: readonly GoValue[], types: readonly ParameterType[]): T {
  const values: readonly unknown[] = args.map((arg, index) => {
    const type = types[index];
    // The check before the call let only integers through for these types.
    return type !== undefined && INTEGERS.has(type) ? Number((arg as GoInt).value) : arg;
  });
  // The evaluator checked each argument against its type before the call.
  return values as T;
}
