/** `helm plugin install`: from a directory, an archive on disk or on the web, a registry, or version control. */
import { symlink } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import { isOciReference } from '../../http/url.ts';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { runHook } from '../../plugins/run-plugin.ts';
import { exactArguments } from '../arguments.ts';
import { keyringFlag, tlsFlags } from '../chart/chart-flags.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { runOptions } from './plugin-context.ts';
import { freePlace, kindOf } from './plugin-place.ts';

export const pluginInstallCommand: Command = {
  usage: '[options] <path|url>',
  long: `Installs a plugin.

A directory is linked to, for plugins under development. Archives (.tgz, from disk or the web) and plugins in registries
(oci://) must be signed, with the signature in a file of the same name and .prov beside; --verify=false installs them as
they are. Other addresses are repositories of git, hg, svn or bzr: the newest tag in the range of --version is taken, or
the branch or revision that it names, else what the repository shows first; those can't be verified.`,
  arguments: exactArguments(1),
  flags: (environment) => [
    ...tlsFlags,
    keyringFlag(environment),
    { kind: 'bool', name: 'verify', usage: 'check the signature before installing', default: true },
    { kind: 'string', name: 'version', usage: 'tag, branch or range of versions of a repository' },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [source = ''], flags) => {
    const directory = await install(context, source, flags);
    let plugin: Plugin | undefined;
    try {
      plugin = await loadPlugin(directory);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw new CommandError(`plugin is installed but unusable: ${error.message}`, { cause: error });
    }
    if (plugin === undefined) throw new CommandError('plugin is installed but unusable: no plugin.yaml');
    await runHook(plugin, 'install', await runOptions(context));
    context.streams.output.write(`Installed plugin: ${plugin.name}\n`);
    return 0;
  },
};

/** The directory of the plugin. */
async function install(context: CommandContext, source: string, flags: FlagValues): Promise<string> {
  if (isOciReference(source)) {
    const { installFromRegistry } = await import('./install-archive.ts');
    return installFromRegistry(context, source, flags);
  }
  const path = resolve(context.directory, source);
  const kind = await kindOf(path);
  if (kind === 'directory') return installDirectory(context, path);
  if (/\.(?:tgz|tar\.gz)$/.test(source) && (kind === 'file' || /^https?:\/\//.test(source))) {
    const { installArchive } = await import('./install-archive.ts');
    return installArchive(context, source, kind === 'file' ? path : undefined, flags);
  }
  const { installFromRepository } = await import('./install-repository.ts');
  return installFromRepository(context, source, { verify: flags.bool('verify'), version: flags.text('version') });
}

async function installDirectory(context: CommandContext, path: string): Promise<string> {
  context.streams.output.write('Installing plugin from local directory (development mode)\n');
  const target = await freePlace(context, basename(path));
  await symlink(path, target);
  return target;
}
