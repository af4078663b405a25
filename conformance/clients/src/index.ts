export type { ClientName } from './client-binaries.ts';
export { clientBinary } from './client-binaries.ts';
export { eventually } from './eventually.ts';
export type { CommandResult, RunOptions } from './run-command.ts';
export { runCommand } from './run-command.ts';
export { TestPlatform } from './test-platform.ts';
