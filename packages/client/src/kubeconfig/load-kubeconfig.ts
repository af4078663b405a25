/** Finds and reads kubeconfig files, and writes them. */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { encodeYaml, errorText, hasErrorCode } from '@kindred/machinery';
import { type Kubeconfig, mergeKubeconfigs, parseKubeconfig } from './kubeconfig.ts';

export interface LoadKubeconfigOptions {
  /** A file named by the user; nothing else is looked at then, and it must be there. */
  readonly path?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What kubectl would use: the file named, else all files of `KUBECONFIG`, else `~/.kube/config`. Files that aren't there
 * are passed over, except one that was named.
 */
export async function loadKubeconfig({ path, env }: LoadKubeconfigOptions): Promise<Kubeconfig> {
  if (path !== undefined) return readKubeconfig(path);
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((entry) => entry !== '');
  const paths = listed.length > 0 ? listed : [join(env['HOME'] ?? env['USERPROFILE'] ?? '.', '.kube', 'config')];
  const configs = await Promise.all(paths.map((each) => readKubeconfig(each).catch(undefinedWhenMissing)));
  return mergeKubeconfigs(configs.filter((config) => config !== undefined));
}

async function readKubeconfig(path: string): Promise<Kubeconfig> {
  const text = await readFile(path, 'utf8');
  const folder = dirname(resolve(path));
  try {
    return parseKubeconfig(text, (file) => (isAbsolute(file) ? file : resolve(folder, file)));
  } catch (error) {
    throw new Error(`${path} could not be read: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** Writes the file whole or not at all, readable by its owner only: it holds keys. */
export async function writeKubeconfig(path: string, config: Kubeconfig): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, encodeYaml(config), { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}

function undefinedWhenMissing(error: unknown): undefined {
  if (hasErrorCode(error, 'ENOENT')) return undefined;
  throw error;
}
