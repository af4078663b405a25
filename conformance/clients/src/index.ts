export type { ClientName } from './client-binaries.ts';
export { clientBinary } from './client-binaries.ts';
export { eventually } from './eventually.ts';

export { kindredProgram } from './kindred-program.ts';

export type { ProcessFigure } from './processes.ts';
export { processes, withDescendants } from './processes.ts';
export type { CommandResult, RunOptions } from './run-command.ts';
export { runCommand } from './run-command.ts';
export { RunningCommand } from './running-command.ts';

export type { StartOptions } from './test-platform.ts';

export { TestPlatform } from './test-platform.ts';
