export type { Fault, MemoryApiOptions } from './memory-api.ts';
export { failure, MemoryApi } from './memory-api.ts';
export { until } from './until.ts';
