/** Finds and reads kubeconfig files, and writes them. */
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import {
  decodeYaml,
  encodeYaml,
  errorText,
  hasErrorCode,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@kindred/machinery';
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
  const configs = await Promise.all(pathsIn(env).map((each) => readKubeconfig(each).catch(undefinedWhenMissing)));
  return mergeKubeconfigs(configs.filter((config) => config !== undefined));
}

function pathsIn(env: LoadKubeconfigOptions['env']): string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((entry) => entry !== '');
  return listed.length > 0 ? listed : [join(env['HOME'] ?? env['USERPROFILE'] ?? '.', '.kube', 'config')];
}

/**
 * Writes other settings of a user's `auth-provider` into the file that the user is from: the first of those that
 * `loadKubeconfig` reads. Everything else in it stays, comments don't, as with kubectl, whose lock file is used.
 */
export async function persistAuthProvider(
  { path, env }: LoadKubeconfigOptions,
  user: string,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  for (const each of path === undefined ? pathsIn(env) : [path]) {
    const text = await readFile(each, 'utf8').catch(undefinedWhenMissing);
    if (text === undefined || userOf(decodeYaml(Buffer.from(text)).value, user) === undefined) continue;
    const file = await realpath(each);
    const lock = await open(`${file}.lock`, 'wx', 0);
    try {
      // Read again: it may have changed before the lock was there.
      const { value } = decodeYaml(await readFile(file));
      const found = userOf(value, user);
      if (!isJsonObject(value) || found === undefined) return;
      found['auth-provider'] = { ...providerOf(found), config: { ...config } };
      await writeWhole(file, encodeYaml(value), (await stat(file)).mode & 0o777);
      return;
    } finally {
      await lock.close();
      await rm(`${file}.lock`);
    }
  }
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
  await writeWhole(path, encodeYaml(config), 0o600);
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode });
  await chmod(temporary, mode);
  await rename(temporary, path);
}

function undefinedWhenMissing(error: unknown): undefined {
  if (hasErrorCode(error, 'ENOENT')) return undefined;
  throw error;
}

/** The user of that name in what was read of a file. */
function userOf(value: JsonValue, name: string): JsonObject | undefined {
  const users = isJsonObject(value) ? value['users'] : undefined;
  const entry = Array.isArray(users) ? users.filter(isJsonObject).find((each) => each['name'] === name) : undefined;
  return isJsonObject(entry?.['user']) ? entry['user'] : undefined;
}

function providerOf(user: JsonObject): JsonObject {
  return isJsonObject(user['auth-provider']) ? user['auth-provider'] : {};
}
