/** Archives of plugins: a .tgz whose files are below a directory of the plugin's name. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ChartError } from '../chart/chart.ts';
import { unpackArchive } from '../node/load-archive.ts';
import { writeTar } from '../packaging/write-tar.ts';
import type { Plugin } from './plugin.ts';

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

/** Writes the files into a directory. What names outside of it has been refused. Throws ChartError. */
export async function unpackPlugin(archive: Uint8Array, directory: string): Promise<void> {
  for (const { name, data, executable } of unpackArchive(archive)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
    if (executable === true) await chmod(path, 0o755);
  }
}
