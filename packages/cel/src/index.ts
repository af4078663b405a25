export type { Reference, References } from './check/reference.ts';
export {
  type Compiled,
  createEnvironment,
  type Environment,
  type EnvironmentOptions,
  type EvaluateOptions,
  type Evaluation,
  type Expression,
} from './environment.ts';
export type { Bindings } from './evaluate/frame.ts';
export { kubernetesLibraries } from './libraries/kubernetes.ts';
export type { Library } from './libraries/library.ts';
export { formatType, type Type, types } from './types/type.ts';
export { lazyList, valueOfJson } from './values/json-value.ts';
export {
  bytes,
  type ErrorValue,
  isError,
  type ListMerge,
  type ListValue,
  list,
  type MapValue,
  type OpaqueValue,
  type Result,
  type Value,
} from './values/value.ts';
