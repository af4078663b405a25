/** The lines of `create`, `lint`, `package`, `plugin`, `show` and `verify` in the table of commands. */
import type { CommandEntry } from './command.ts';
import { pluginGroup } from './plugin/plugin-group.ts';

const showGroup: CommandEntry = {
  name: 'show',
  aliases: ['inspect'],
  short: 'show information of a chart',
  long: 'Prints what a chart says of itself.',
  subcommands: [
    {
      name: 'all',
      short: 'show all information of the chart',
      load: async () => (await import('./show/show.ts')).showAllCommand,
    },
    {
      name: 'chart',
      short: "show the chart's definition",
      load: async () => (await import('./show/show.ts')).showChartCommand,
    },
    {
      name: 'crds',
      short: "show the chart's CRDs",
      load: async () => (await import('./show/show.ts')).showCrdsCommand,
    },
    {
      name: 'readme',
      short: "show the chart's README",
      load: async () => (await import('./show/show.ts')).showReadmeCommand,
    },
    {
      name: 'values',
      short: "show the chart's values",
      load: async () => (await import('./show/show.ts')).showValuesCommand,
    },
  ],
};

export const authoringCommands: readonly CommandEntry[] = [
  {
    name: 'create',
    short: 'make a new chart',
    load: async () => (await import('./create/create.ts')).createCommand,
  },
  {
    name: 'lint',
    short: 'look through a chart for what may be wrong',
    load: async () => (await import('./lint/lint.ts')).lintCommand,
  },
  {
    name: 'package',
    short: 'pack a directory of a chart into an archive',
    load: async () => (await import('./package/package.ts')).packageCommand,
  },
  pluginGroup,
  showGroup,
  {
    name: 'verify',
    short: 'check that a chart was signed and is whole',
    load: async () => (await import('./verify/verify.ts')).verifyCommand,
  },
];
