/** The lines of `diff` in the table of commands: what helm has only as a plugin. */
import type { CommandEntry } from './command.ts';

export const diffGroup: CommandEntry = {
  name: 'diff',
  short: 'show what would change, or what has changed',
  long: 'Shows differences between revisions of releases, between releases, and between a release and its cluster.',
  subcommands: [
    {
      name: 'release',
      short: 'compare two releases',
      load: async () => (await import('./diff/revisions.ts')).diffReleaseCommand,
    },
    {
      name: 'revision',
      short: 'compare two revisions of a release',
      load: async () => (await import('./diff/revisions.ts')).diffRevisionCommand,
    },
    {
      name: 'rollback',
      short: 'show what a rollback would change',
      load: async () => (await import('./diff/revisions.ts')).diffRollbackCommand,
    },
    {
      name: 'upgrade',
      short: 'show what an upgrade would change',
      load: async () => (await import('./diff/upgrade.ts')).diffUpgradeCommand,
    },
  ],
};
