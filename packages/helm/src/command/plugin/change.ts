/** `helm plugin uninstall` and `helm plugin update`. */
import { lstat, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { pluginArchiveName } from '../../plugins/plugin-archive.ts';
import { runHook } from '../../plugins/run-plugin.ts';
import type { Command, CommandContext, Completion } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { updateRepository } from './install-repository.ts';
import { installedPlugins, runOptions } from './plugin-context.ts';

export const pluginUninstallCommand: Command = {
  complete: completePlugins,
  usage: '<plugin>...',
  long: 'Removes plugins. A directory that a plugin is only linked to stays.',
  run: async (context, names) => {
    if (names.length === 0) throw new CommandError('please provide plugin name to uninstall');
    return forEach(context, names, (plugin) => uninstall(context, plugin));
  },
};

export const pluginUpdateCommand: Command = {
  complete: completePlugins,
  usage: '<plugin>...',
  long: 'Brings plugins that are under version control (git, hg, svn, bzr) to the newest state of their branch.',
  run: async (context, names) => {
    if (names.length === 0) throw new CommandError('please provide plugin name to update');
    return forEach(context, names, (plugin) => update(context, plugin));
  },
};

/** All that can be done is done; then come the problems. */
async function forEach(
  context: CommandContext,
  names: readonly string[],
  work: (plugin: Plugin) => Promise<void>,
): Promise<number> {
  const plugins = await installedPlugins(context);
  const problems: string[] = [];
  for (const name of names) {
    const plugin = plugins.find((each) => each.name === name);
    if (plugin === undefined) problems.push(`plugin: ${name} not found`);
    else {
      try {
        await work(plugin);
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  if (problems.length > 0) throw new CommandError(problems.join('\n'));
  return 0;
}

async function uninstall(context: CommandContext, plugin: Plugin): Promise<void> {
  const { directory, name } = plugin;
  const isLink = (await lstat(directory)).isSymbolicLink();
  await rm(directory, isLink ? {} : { recursive: true });
  const archive = join(dirname(directory), pluginArchiveName(plugin));
  await rm(archive, { force: true });
  await rm(`${archive}.prov`, { force: true });
  await runHook(plugin, 'delete', await runOptions(context));
  context.streams.output.write(`Uninstalled plugin: ${name}\n`);
}

async function update(context: CommandContext, plugin: Plugin): Promise<void> {
  try {
    await updateRepository(context, await realpath(plugin.directory));
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof ChartError)) throw error;
    throw new CommandError(`failed to update plugin ${plugin.name}, got error (${error.message})`, { cause: error });
  }
  const updated = (await loadPlugin(plugin.directory)) ?? plugin;
  await runHook(updated, 'update', await runOptions(context));
  context.streams.output.write(`Updated plugin: ${plugin.name}\n`);
}

async function completePlugins(context: CommandContext, args: readonly string[]): Promise<Completion> {
  const plugins = (await installedPlugins(context)).filter(({ name }) => !args.includes(name));
  return { words: plugins.map(({ name, version }) => `${name}\t${version}`) };
}
