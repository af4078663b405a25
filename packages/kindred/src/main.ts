/** The `kindred` command. Faults are printed in words and end the program with their exit code; bugs show their stack. */

import type { WaitingAgent } from '@kindred/node';
import type { ImportModule } from './extensions/load-extensions.ts';
import { Fault } from './fault.ts';
import { parseUpOptions, upUsage } from './up/options.ts';

const usage = `Usage: kindred COMMAND [flags]

Commands:
  up        start the platform on this machine
  helm      install, upgrade and remove charts, with helm's commands and flags
  version   print the version
  help      print this text

Flags of a command: kindred COMMAND --help
`;

/**
 * Runs the command and gives its exit code; what went wrong has been printed.
 *
 * @param importModule loads modules that are not part of the program
 */
export async function run(args: readonly string[], importModule: ImportModule): Promise<number> {
  return main(args, importModule).catch(report);
}

async function main(args: readonly string[], importModule: ImportModule): Promise<number> {
  const [command, ...rest] = args;
  const asksForHelp = rest.includes('--help') || rest.includes('-h');
  switch (command) {
    case 'up': {
      if (asksForHelp) return print(upUsage);
      const options = parseUpOptions(rest, process.env);
      const waitingAgent = options.runtime === 'none' ? undefined : await forkAgent();
      const { up } = await import('./up/up.ts');
      return up(options, importModule, waitingAgent);
    }
    case 'version':
    case '--version':
      return print(`kindred ${(await import('./version.ts')).version}\n`);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return print(usage);
    default:
      throw new Fault('KND_USAGE', `There is no command "${command}"`, 'See: kindred help');
  }
}

async function forkAgent(): Promise<WaitingAgent> {
  const { forkBundledAgent } = await import('./up/fork-agent.ts');
  return forkBundledAgent();
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function report(error: unknown): number {
  if (error instanceof Fault) {
    process.stderr.write(`Error: ${error.message}\n${error.hint}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
