/**
 * The entry of `@kindred/helm/command`: the program `helm`. Loads little; each command brings its own code when it is
 * used.
 */

import { fileProblem } from '../node/file-problem.ts';
import { helmCommand } from './commands.ts';
import type { Host } from './host.ts';
import { nodeHost } from './node-host.ts';
import { withPluginCommands } from './plugin/plugin-group.ts';
import { runCommand } from './run-command.ts';

export type { CommandContext } from './command.ts';
export type { Environment, Host, InputStream, OutputStream, Streams } from './host.ts';

/**
 * Runs `helm` with these words on a host and gives the exit code; everything to be said has been written to its streams.
 *
 * @example
 * const code = await runHelm(['template', 'web', './chart'], host);
 */
export async function runHelm(words: readonly string[], host: Host): Promise<number> {
  return runCommand(await withPluginCommands(helmCommand, words, host), words, host);
}

/** The same on this process. */
export async function runHelmProcess(
  words: readonly string[],
  called: Pick<Host, 'program' | 'invocation'>,
): Promise<number> {
  const { host, flush, close } = nodeHost(called);
  try {
    const code = await runHelm(words, host);
    const problem = await flush();
    if (problem === undefined) return code;
    host.streams.errors.write(`Error: ${fileProblem('write', '/dev/stdout', problem)}\n`);
    return 1;
  } finally {
    close();
  }
}
