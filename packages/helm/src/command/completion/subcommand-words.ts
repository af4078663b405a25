/** Names of commands as words that complete a line. */
import type { CommandEntry } from '../command.ts';

/** The commands below one, with what they do. */
export function subcommandWords({ subcommands = [] }: CommandEntry): string[] {
  return subcommands
    .filter((each) => each.hidden !== true)
    .map(({ name, short }) => `${name}\t${short}`)
    .sort();
}
