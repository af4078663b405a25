export type { Reference, References } from './check/reference.ts';
export { type EstimateInput, estimateCost, type SizeBounds } from './cost/estimate.ts';
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
export { compileRegex, type Regex } from './functions/regex.ts';
export { kubernetesLibraries } from './libraries/kubernetes.ts';
export type { Library } from './libraries/library.ts';
export { formatType, type Type, types } from './types/type.ts';
export { lazyList, valueOfJson } from './values/json-value.ts';
export { parseDurationText, parseTimestamp } from './values/time.ts';
export {
  bytes,
  type ErrorValue,
  errorValue,
  isError,
  type ListMerge,
  type ListValue,
  list,
  type MapValue,
  noneValue,
  type OpaqueValue,
  optionalOf,
  type Result,
  type Value,
} from './values/value.ts';
