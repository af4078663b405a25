/** The lines of `completion` and of the hidden commands that its scripts call. */
import type { CommandEntry } from '../command.ts';
import type { Shell } from './scripts.ts';

function shellEntry(shell: Shell): CommandEntry {
  return {
    name: shell,
    short: `completion script for ${shell}`,
    load: async () => (await import('./completion.ts')).completionCommand(shell),
  };
}

export const completionGroup: CommandEntry = {
  name: 'completion',
  short: 'completion scripts for shells',
  long: 'Prints scripts that make a shell complete commands, flags and names of releases.',
  subcommands: [shellEntry('bash'), shellEntry('fish'), shellEntry('powershell'), shellEntry('zsh')],
};

/** In cobra's protocol: words up to the one at the cursor in, one completion a line and a directive out. */
export const completeCommands: readonly CommandEntry[] = [
  {
    name: '__complete',
    short: 'completions for a command line',
    hidden: true,
    load: async () => (await import('./complete.ts')).completeCommand({ descriptions: true }),
  },
  {
    name: '__completeNoDesc',
    short: 'completions for a command line, without descriptions',
    hidden: true,
    load: async () => (await import('./complete.ts')).completeCommand({ descriptions: false }),
  },
];
