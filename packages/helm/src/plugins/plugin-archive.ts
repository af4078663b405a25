/** Archives of plugins: a .tgz whose files are below a directory of the plugin's name. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import { readTar } from '../node/tar.ts';
import { writeTar } from '../packaging/write-tar.ts';
import type { Plugin } from './plugin.ts';
import { readPlugin } from './read-plugin.ts';

/** Throws ChartError for what an archive can't hold. */
export async function packPlugin(plugin: Plugin): Promise<Uint8Array> {
  const files: { name: string; data: Uint8Array; modified: number; mode: number }[] = [];
  const visit = async (path: string): Promise<void> => {
    const entries = await readdir(join(plugin.directory, path), { withFileTypes: true });
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = path === '' ? name : `${path}/${name}`;
      const found = await stat(join(plugin.directory, inner));
      if (found.isDirectory()) {
        if (name !== '.git') await visit(inner);
      } else if (found.isFile()) {
        const data = await readFile(join(plugin.directory, inner));
        const modified = Math.floor(found.mtimeMs / 1000);
        files.push({ name: `${plugin.name}/${inner}`, data, modified, mode: found.mode & 0o777 });
      } else throw new ChartError(`${inner} is neither a file nor a directory`);
    }
  };
  await visit('');
  return gzipSync(writeTar(files));
}

export function pluginArchiveName({ name, version }: Pick<Plugin, 'name' | 'version'>): string {
  return `${name}-${version}.tgz`;
}

/** The plugin that an archive holds, whose files are nowhere yet. Throws ChartError when it holds none. */
export function readArchivedPlugin(archive: Uint8Array): Plugin {
  const metadata = pluginFiles(archive).find(({ path }) => path === METADATA);
  return readPlugin(Buffer.from(metadata?.data ?? []).toString('utf8'), '');
}

/** Writes the files into a directory. What names outside of it has been refused. Throws ChartError. */
export async function unpackPlugin(archive: Uint8Array, directory: string): Promise<void> {
  for (const { path, data, executable } of pluginFiles(archive)) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, data);
    if (executable) await chmod(target, 0o755);
  }
}

const METADATA = 'plugin.yaml';
/** Plugins may be programs, which are larger than charts. */
const MAX_BYTES = 512 * 1024 * 1024;

interface PluginFile {
  readonly path: string;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** The files of the plugin: all of the archive, or those of the directory in it that has a plugin.yaml. */
function pluginFiles(archive: Uint8Array): PluginFile[] {
  const files: PluginFile[] = [];
  for (const { name, data, isFile, executable } of readTar(unzipped(archive))) {
    if (name.endsWith('/')) continue;
    if (!isFile) throw new ChartError(`the plugin's archive holds a link or a device: ${quote(name)}`);
    files.push({ path: safePath(name), data, executable });
  }
  const metadata = files.filter(({ path }) => path === METADATA || /^[^/]+\/plugin\.yaml$/.test(path));
  const shortest = metadata.map(({ path }) => path).sort((a, b) => a.length - b.length)[0];
  if (shortest === undefined) throw new ChartError('plugin.yaml not found in tarball');
  const base = shortest.slice(0, -METADATA.length);
  return files
    .filter(({ path }) => path.startsWith(base))
    .map((file) => ({ ...file, path: file.path.slice(base.length) }));
}

function unzipped(archive: Uint8Array): Uint8Array {
  try {
    return gunzipSync(archive, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    const problem = isTooLarge ? `is larger than ${MAX_BYTES} bytes` : 'is not a gzip compressed archive';
    throw new ChartError(`the plugin's archive ${problem}`, { cause: error });
  }
}

function safePath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '.' && part !== '');
  if (name.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(name) || parts.includes('..') || parts.length === 0) {
    throw new ChartError(`the plugin's archive names a file outside of it: ${quote(name)}`);
  }
  return parts.join('/');
}
