/**
 * The table of all commands. Each author adds a line; what a command does is loaded when it is used. The order is helm's
 * own and decides the order of suggestions; help sorts by name.
 */
import { dependencyGroup, registryGroup, repoGroup, searchGroup, transferCommands } from './chart-commands.ts';
import type { CommandEntry } from './command.ts';
import { rootText } from './root-text.ts';

export const helmCommand: CommandEntry = {
  name: 'helm',
  short: 'charts, releases and repositories',
  long: rootText,
  subcommands: [
    dependencyGroup,
    ...transferCommands,
    registryGroup,
    repoGroup,
    searchGroup,
    {
      name: 'template',
      short: 'render the templates of a chart',
      load: async () => (await import('./template/template.ts')).templateCommand,
    },
    { name: 'env', short: "show helm's environment", load: async () => (await import('./env/env.ts')).envCommand },
    {
      name: 'version',
      short: 'show the version',
      load: async () => (await import('./version/version.ts')).versionCommand,
    },
    {
      name: 'help',
      short: 'help about a command',
      load: async () => (await import('./help/help-command.ts')).helpCommand,
    },
  ],
};
