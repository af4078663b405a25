export type { Fault, MemoryApiOptions } from './memory-api.ts';
export { failure, MemoryApi } from './memory-api.ts';
export { selfSignedCertificate } from './self-signed-certificate.ts';
export { until } from './until.ts';
