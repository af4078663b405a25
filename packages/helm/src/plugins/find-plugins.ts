/** Plugins that are installed: directories with a plugin.yaml, or links to them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import type { Plugin } from './plugin.ts';
import { readPlugin } from './read-plugin.ts';

/**
 * In the order of directories.
 *
 * @param places directories separated as in PATH
 * @param broken hears of plugins that can't be read
 */
export async function findPlugins(
  places: string,
  broken: (file: string, problem: string) => void = () => undefined,
): Promise<Plugin[]> {
  const found: Plugin[] = [];
  for (const place of places.split(delimiter)) {
    for (const name of await names(place)) {
      const directory = join(place, name);
      try {
        const plugin = await loadPlugin(directory);
        if (plugin !== undefined) found.push(plugin);
      } catch (error) {
        if (!(error instanceof ChartError)) throw error;
        broken(join(directory, 'plugin.yaml'), error.message);
      }
    }
  }
  return found;
}

/** Undefined where there is no plugin.yaml. Throws ChartError for one that is wrong. */
export async function loadPlugin(directory: string): Promise<Plugin | undefined> {
  try {
    const plugin = readPlugin(await readFile(join(directory, 'plugin.yaml'), 'utf8'), directory);
    if (plugin.runtime === 'extism/v1') await expectModule(join(directory, 'plugin.wasm'));
    return plugin;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function expectModule(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartError(`wasm binary missing for extism/v1 plugin: ${quote(path)}`, { cause: error });
  }
}

async function names(place: string): Promise<string[]> {
  try {
    return (await readdir(place)).sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
