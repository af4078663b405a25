/** Where plugins are installed: a new directory becomes one at the end, so that there is never half a plugin. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';

/** The path for a plugin. Throws CommandError when there is one already. */
export async function freePlace(context: CommandContext, name: string): Promise<string> {
  const place = context.settings.pluginsDirectory;
  await mkdir(place, { recursive: true });
  const target = join(place, name);
  if ((await kindOf(target)) === undefined) return target;
  context.log.warn('plugin already exists', { path: target, error: '<nil>' });
  throw new CommandError('plugin already exists');
}

/** Fills a directory beside the plugins, and gives it the name that the work ends with. */
export async function installBeside(
  context: CommandContext,
  work: (directory: string) => Promise<{ readonly from: string; readonly name: string }>,
): Promise<string> {
  const place = context.settings.pluginsDirectory;
  await mkdir(place, { recursive: true });
  const aside = await mkdtemp(join(place, '.installing-'));
  try {
    const { from, name } = await work(aside);
    const target = await freePlace(context, name);
    await rename(from, target);
    return target;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

export async function kindOf(path: string): Promise<'directory' | 'file' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
