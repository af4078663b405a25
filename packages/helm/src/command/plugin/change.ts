/** `helm plugin uninstall` and `helm plugin update`. */
import { lstat, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { pluginArchiveName } from '../../plugins/plugin-archive.ts';
import { runHook } from '../../plugins/run-plugin.ts';
import type { Command, CommandContext, Completion } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { git } from './install.ts';
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
  long: 'Brings plugins that came from git repositories to the newest state of their branch.',
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
  const real = await realpath(plugin.directory);
  const clones = join(context.settings.paths.cache, 'plugins');
  // Only what was cloned here: a directory under development belongs to its author.
  if (relative(clones, real).startsWith('..')) {
    context.log.warn('cannot get information about plugin source', { location: real, error: 'Cannot detect VCS' });
    throw new CommandError(
      `failed to update plugin ${plugin.name}, got error (cannot get information about plugin source)`,
    );
  }
  await git(context, ['-C', real, 'pull', '--quiet', '--ff-only']);
  const updated = (await loadPlugin(plugin.directory)) ?? plugin;
  await runHook(updated, 'update', await runOptions(context));
  context.streams.output.write(`Updated plugin: ${plugin.name}\n`);
}

async function completePlugins(context: CommandContext, args: readonly string[]): Promise<Completion> {
  const plugins = (await installedPlugins(context)).filter(({ name }) => !args.includes(name));
  return { words: plugins.map(({ name, version }) => `${name}\t${version}`) };
}
