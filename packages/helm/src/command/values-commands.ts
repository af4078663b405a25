/** The lines of `values`, `schema` and `language-server` in the table of commands: what helm has no commands for. */
import type { CommandEntry } from './command.ts';

export const valuesGroup: CommandEntry = {
  name: 'values',
  short: 'look into the values of a chart',
  long: 'Commands about the values that a chart is rendered with.',
  subcommands: [
    {
      name: 'explain',
      short: 'show where each value comes from',
      load: async () => (await import('./values/explain.ts')).valuesExplainCommand,
    },
  ],
};

export const schemaGroup: CommandEntry = {
  name: 'schema',
  short: 'describe the values of a chart by a schema',
  long: 'Commands that describe the values of a chart.',
  subcommands: [
    {
      name: 'generate',
      short: 'make a JSON schema for the values of a chart',
      load: async () => (await import('./schema/generate.ts')).schemaGenerateCommand,
    },
    {
      name: 'types',
      short: 'make TypeScript types for the values of a chart',
      load: async () => (await import('./schema/types.ts')).schemaTypesCommand,
    },
  ],
};

export const languageServerEntry: CommandEntry = {
  name: 'language-server',
  short: 'serve an editor of charts and values',
  load: async () => (await import('./language-server/language-server.ts')).languageServerCommand,
};
