/** Which chart a file belongs to: the outermost one around it, or one that lies beside it. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '@kindred/machinery';
import { isFile } from '../../node/is-file.ts';

/** @param isOpen whether the editor has a file that may not be on disk */
export async function chartRootOf(path: string, isOpen: (path: string) => boolean): Promise<string | undefined> {
  let found: string | undefined;
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const file = join(directory, 'Chart.yaml');
    // Beyond the first chart only those count that have it in their charts/ directory.
    const mayContain = found === undefined || basename(dirname(found)) === 'charts';
    const isAround = found === undefined || dirname(dirname(found)) === directory;
    if (mayContain && isAround && (isOpen(file) || (await isFile(file)))) found = directory;
    if (directory === dirname(directory)) return found;
  }
}

/** The directories of a project that charts lie in, seen from a file of values. */
const PLACES = ['.', 'charts', 'chart', 'helm'];

/** Where there are more, it is no place of a few charts. */
const MAX_DIRECTORIES = 200;

/** The only chart in the directory of a YAML file, or the one whose name its name begins with. */
export async function chartBeside(path: string): Promise<string | undefined> {
  if (!/\.ya?ml$/.test(path)) return undefined;
  const charts: string[] = [];
  for (const place of PLACES) {
    const directory = join(dirname(path), place);
    if (place !== '.' && (await isFile(join(directory, 'Chart.yaml')))) charts.push(directory);
    for (const name of await directoriesIn(directory)) {
      if (await isFile(join(directory, name, 'Chart.yaml'))) charts.push(join(directory, name));
    }
  }
  const unique = [...new Set(charts)];
  if (unique.length <= 1) return unique[0];
  const named = unique.filter((each) => basename(path).startsWith(basename(each)));
  return named.length === 1 ? named[0] : undefined;
}

async function directoriesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const directories = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    return directories.slice(0, MAX_DIRECTORIES).map(({ name }) => name);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}
