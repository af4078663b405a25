/** `helm plugin list`: the plugins that are installed. */
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import type { Plugin } from '../../plugins/plugin.ts';
import type { Command } from '../command.ts';
import { completeNothing } from '../completion/arguments.ts';
import { tableText } from '../output/table.ts';
import { installedPlugins } from './plugin-context.ts';

export const pluginListCommand: Command = {
  long: 'Lists the plugins that are installed.',
  complete: completeNothing,
  flags: () => [{ kind: 'string', name: 'type', usage: 'only plugins of this type' }],
  run: async (context, _args, flags) => {
    const type = flags.text('type');
    const plugins = (await installedPlugins(context)).filter((each) => type === '' || each.type === type);
    const rows = [['NAME', 'VERSION', 'TYPE', 'APIVERSION', 'PROVENANCE', 'SOURCE']];
    for (const plugin of plugins) {
      const { name, version, apiVersion, source } = plugin;
      rows.push([name, version, plugin.type, apiVersion, await provenance(plugin), source === '' ? 'unknown' : source]);
    }
    context.streams.output.write(tableText(rows));
    return 0;
  },
};

/** What is known of where it came from: links are under development, archives keep their signature beside. */
async function provenance({ directory, name, version }: Plugin): Promise<string> {
  const place = dirname(directory);
  const found = await kindOf(join(place, name));
  if (found !== 'directory') return found === 'link' ? 'local dev' : 'unknown';
  const archive = join(place, `${name}-${version}.tgz`);
  if ((await kindOf(archive)) === undefined) return 'unknown';
  return (await kindOf(`${archive}.prov`)) === undefined ? 'unsigned' : 'signed';
}

async function kindOf(path: string): Promise<'link' | 'directory' | 'file' | undefined> {
  try {
    const found = await lstat(path);
    return found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
