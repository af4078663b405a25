/**
 * What a library adds to an environment.
 */
import type { FunctionDeclaration } from '../functions/overload.ts';
import type { Type } from '../types/type.ts';

export interface Library {
  readonly name: string;
  readonly functions: readonly FunctionDeclaration[];
  /** Names that stand for the library's own types in expressions. */
  readonly typeNames?: ReadonlyMap<string, Type>;
}
