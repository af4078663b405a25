/** The line of `plugin` in the table of commands, and the lines that plugins add to it. */
import type { CommandEntry } from '../command.ts';
import { flagValues } from '../flags/flag-values.ts';
import type { Host } from '../host.ts';
import { createLog } from '../log.ts';
import { globalFlags, settingsOf } from '../settings.ts';

export const pluginGroup: CommandEntry = {
  name: 'plugin',
  short: 'install, list, or uninstall plugins',
  long: 'Commands about plugins, which add commands and post-renderers.',
  subcommands: [
    {
      name: 'install',
      aliases: ['add'],
      short: 'install a plugin',
      load: async () => (await import('./install.ts')).pluginInstallCommand,
    },
    {
      name: 'list',
      aliases: ['ls'],
      short: 'list installed plugins',
      load: async () => (await import('./list.ts')).pluginListCommand,
    },
    {
      name: 'package',
      short: 'pack a directory of a plugin into an archive',
      load: async () => (await import('./package.ts')).pluginPackageCommand,
    },
    {
      name: 'uninstall',
      aliases: ['rm', 'remove'],
      short: 'remove plugins',
      load: async () => (await import('./change.ts')).pluginUninstallCommand,
    },
    {
      name: 'update',
      aliases: ['up'],
      short: 'update plugins',
      load: async () => (await import('./change.ts')).pluginUpdateCommand,
    },
    {
      name: 'verify',
      short: 'check that a plugin was signed and is whole',
      load: async () => (await import('./package.ts')).pluginVerifyCommand,
    },
  ],
};

/** The table with the commands of plugins, when a word could be one. Reading plugins takes time, which others needn't wait. */
export async function withPluginCommands(
  root: CommandEntry,
  words: readonly string[],
  host: Host,
): Promise<CommandEntry> {
  if (host.environment['HELM_NO_PLUGINS'] === '1') return root;
  const own = root.subcommands ?? [];
  const isKnown = words.some((word) => own.some(({ name, aliases }) => name === word || aliases?.includes(word)));
  const wantsHelp = words.length === 0 || words.includes('help') || words.includes('__complete');
  if (isKnown && !wantsHelp) return root;
  const settings = settingsOf(flagValues(globalFlags(host.environment), new Map()), host.environment);
  const { installedPlugins } = await import('./plugin-context.ts');
  const { pluginCommand } = await import('./run-command-plugin.ts');
  const plugins = await installedPlugins({ settings, log: createLog(host.streams.errors, settings) });
  const entries = plugins
    // A plugin can't take the place of a command.
    .filter((plugin) => plugin.type === 'cli/v1' && !own.some(({ name }) => name === plugin.name))
    .map((plugin): CommandEntry => {
      return { name: plugin.name, short: plugin.short, load: async () => pluginCommand(plugin) };
    });
  return entries.length === 0 ? root : { ...root, subcommands: [...own, ...entries] };
}
