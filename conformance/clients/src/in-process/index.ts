export { collectingLogger } from './collecting-logger.ts';
export { countingTransport } from './counting-transport.ts';
export type { InProcessApi, InProcessOptions } from './in-process-api.ts';
export { inProcessApi } from './in-process-api.ts';
export { atRest } from './manager-at-rest.ts';
export { see } from './see.ts';
