/**
 * The table of all commands. Each author adds a line; what a command does is loaded when it is used. The order is helm's
 * own and decides the order of suggestions; help sorts by name.
 */
import { authoringCommands } from './authoring-commands.ts';
import { dependencyGroup, registryGroup, repoGroup, searchGroup, transferCommands } from './chart-commands.ts';
import type { CommandEntry } from './command.ts';
import { completeCommands, completionGroup } from './completion/commands.ts';
import { diffGroup } from './diff-commands.ts';
import { rootText } from './root-text.ts';
import { secretGroup } from './secret-commands.ts';
import { languageServerEntry, schemaGroup, valuesGroup } from './values-commands.ts';

const getCommands: readonly CommandEntry[] = [
  {
    name: 'all',
    short: 'everything about a release',
    load: async () => (await import('./get/all.ts')).getAllCommand,
  },
  {
    name: 'values',
    short: 'the values of a release',
    load: async () => (await import('./get/values.ts')).getValuesCommand,
  },
  {
    name: 'manifest',
    short: 'the manifest of a release',
    load: async () => (await import('./get/parts.ts')).getManifestCommand,
  },
  {
    name: 'hooks',
    short: 'the hooks of a release',
    load: async () => (await import('./get/parts.ts')).getHooksCommand,
  },
  {
    name: 'notes',
    short: 'the notes of a release',
    load: async () => (await import('./get/parts.ts')).getNotesCommand,
  },
  {
    name: 'metadata',
    short: 'what is known about a release and its chart',
    load: async () => (await import('./get/metadata.ts')).getMetadataCommand,
  },
];

export const helmCommand: CommandEntry = {
  name: 'helm',
  short: 'charts, releases and repositories',
  long: rootText,
  subcommands: [
    dependencyGroup,
    diffGroup,
    languageServerEntry,
    ...transferCommands,
    registryGroup,
    repoGroup,
    schemaGroup,
    searchGroup,
    secretGroup,
    ...authoringCommands,
    valuesGroup,
    {
      name: 'get',
      short: 'show parts of a release',
      long: 'Shows what is kept of a release: values, manifest, hooks, notes, metadata, or all of it.',
      subcommands: getCommands,
    },
    {
      name: 'history',
      aliases: ['hist'],
      short: 'list the revisions of a release',
      load: async () => (await import('./release/history.ts')).historyCommand,
    },
    {
      name: 'apply',
      short: 'do what a plan says',
      load: async () => (await import('./plan/apply.ts')).applyCommand,
    },
    {
      name: 'plan',
      short: 'work out an install or upgrade, to be done later',
      load: async () => (await import('./plan/plan.ts')).planCommand,
    },
    {
      name: 'install',
      short: 'install a chart',
      load: async () => (await import('./release/install.ts')).installCommand,
    },
    {
      name: 'list',
      aliases: ['ls'],
      short: 'list releases',
      load: async () => (await import('./release/list.ts')).listCommand,
    },
    {
      name: 'test',
      short: 'run the tests of a release',
      load: async () => (await import('./release/test-release.ts')).testCommand,
    },
    {
      name: 'rollback',
      short: 'go back to an older revision of a release',
      load: async () => (await import('./release/rollback.ts')).rollbackCommand,
    },
    {
      name: 'status',
      short: 'show how a release stands',
      load: async () => (await import('./release/status.ts')).statusCommand,
    },
    {
      name: 'template',
      short: 'render the templates of a chart',
      load: async () => (await import('./template/template.ts')).templateCommand,
    },
    {
      name: 'uninstall',
      aliases: ['del', 'delete', 'un'],
      short: 'remove releases',
      load: async () => (await import('./release/uninstall.ts')).uninstallCommand,
    },
    {
      name: 'upgrade',
      short: 'upgrade a release',
      load: async () => (await import('./release/upgrade.ts')).upgradeCommand,
    },
    { name: 'env', short: "show helm's environment", load: async () => (await import('./env/env.ts')).envCommand },
    {
      name: 'version',
      short: 'show the version',
      load: async () => (await import('./version/version.ts')).versionCommand,
    },
    completionGroup,
    ...completeCommands,
    {
      name: 'help',
      short: 'help about a command',
      load: async () => (await import('./help/help-command.ts')).helpCommand,
    },
  ],
};
