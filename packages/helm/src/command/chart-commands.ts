/** The lines of `repo`, `search`, `registry`, `dependency`, `pull` and `push` in the table of commands. */
import type { CommandEntry } from './command.ts';

export const repoGroup: CommandEntry = {
  name: 'repo',
  short: 'add, list, remove, update, and index chart repositories',
  long: 'Commands about chart repositories.',
  subcommands: [
    { name: 'add', short: 'add a chart repository', load: async () => (await import('./repo/add.ts')).repoAddCommand },
    {
      name: 'index',
      short: 'make the index of a directory of packed charts',
      load: async () => (await import('./repo/index-command.ts')).repoIndexCommand,
    },
    {
      name: 'list',
      aliases: ['ls'],
      short: 'list chart repositories',
      load: async () => (await import('./repo/list.ts')).repoListCommand,
    },
    {
      name: 'remove',
      aliases: ['rm'],
      short: 'remove one or more chart repositories',
      load: async () => (await import('./repo/remove.ts')).repoRemoveCommand,
    },
    {
      name: 'update',
      aliases: ['up'],
      short: 'get the newest indexes of chart repositories',
      load: async () => (await import('./repo/update.ts')).repoUpdateCommand,
    },
  ],
};

export const searchGroup: CommandEntry = {
  name: 'search',
  short: 'search for a keyword in charts',
  long: 'Looks for charts in the repositories that were added (repo), or in a hub (hub).',
  subcommands: [
    {
      name: 'hub',
      short: 'search for charts in Artifact Hub or another hub',
      load: async () => (await import('./search/hub.ts')).searchHubCommand,
    },
    {
      name: 'repo',
      short: 'search repositories for a keyword in charts',
      load: async () => (await import('./search/repo.ts')).searchRepoCommand,
    },
  ],
};

export const registryGroup: CommandEntry = {
  name: 'registry',
  short: 'login to or logout from a registry',
  long: 'Commands about registries.',
  subcommands: [
    {
      name: 'login',
      short: 'login to a registry',
      load: async () => (await import('./registry/login.ts')).registryLoginCommand,
    },
    {
      name: 'logout',
      short: 'logout from a registry',
      load: async () => (await import('./registry/logout.ts')).registryLogoutCommand,
    },
  ],
};

export const dependencyGroup: CommandEntry = {
  name: 'dependency',
  aliases: ['dep', 'dependencies'],
  short: "manage a chart's dependencies",
  long: `Commands about the charts that a chart depends on: those that Chart.yaml names under dependencies, each with name, range
of versions and repository (https://…, oci://…, file://…, @name of an added one), and that lie in charts/.`,
  subcommands: [
    {
      name: 'build',
      short: 'fill charts/ from Chart.lock',
      load: async () => (await import('./dependency/build.ts')).dependencyBuildCommand,
    },
    {
      name: 'list',
      aliases: ['ls'],
      short: "list a chart's dependencies",
      load: async () => (await import('./dependency/list.ts')).dependencyListCommand,
    },
    {
      name: 'tree',
      short: 'show all charts inside a chart',
      load: async () => (await import('./dependency/tree.ts')).dependencyTreeCommand,
    },
    {
      name: 'update',
      aliases: ['up'],
      short: 'fill charts/ from Chart.yaml, and write Chart.lock',
      load: async () => (await import('./dependency/update.ts')).dependencyUpdateCommand,
    },
  ],
};

export const transferCommands: readonly CommandEntry[] = [
  {
    name: 'pull',
    aliases: ['fetch'],
    short: 'download a chart from a repository',
    load: async () => (await import('./pull/pull.ts')).pullCommand,
  },
  {
    name: 'push',
    short: 'push a chart to a registry',
    load: async () => (await import('./registry/push.ts')).pushCommand,
  },
];
