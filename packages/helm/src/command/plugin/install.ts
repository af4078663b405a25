/** `helm plugin install`: from a directory, an archive on disk or on the web, or a git repository. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { pluginArchiveName, unpackPlugin } from '../../plugins/plugin-archive.ts';
import { runHook } from '../../plugins/run-plugin.ts';
import { verificationText, verifyArchive } from '../../provenance/provenance.ts';
import { fetchFile } from '../../repositories/repository-access.ts';
import { exactArguments } from '../arguments.ts';
import { keyringFlag, tlsFlags } from '../chart/chart-flags.ts';
import { tlsSource } from '../chart/chart-source.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { completeOneFile } from '../completion/arguments.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { runOptions } from './plugin-context.ts';

const MAX_BYTES = 100 * 1024 * 1024;

export const pluginInstallCommand: Command = {
  usage: '[options] <path|url>',
  long: `Installs a plugin.

A directory is linked to, for plugins under development. Archives (.tgz, from disk or the web) must be signed, with the
signature in a file of the same name and .prov beside; --verify=false installs them as they are. From a git repository
the tag or branch of --version is taken, else what it shows first; those can't be verified.`,
  arguments: exactArguments(1),
  flags: (environment) => [
    ...tlsFlags,
    keyringFlag(environment),
    { kind: 'bool', name: 'verify', usage: 'check the signature before installing', default: true },
    { kind: 'string', name: 'version', usage: 'tag or branch of a git repository' },
  ],
  complete: completeOneFile,
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

async function install(context: CommandContext, source: string, flags: FlagValues): Promise<string> {
  const path = resolve(context.directory, source);
  const kind = await kindOf(path);
  if (kind === 'directory') return installDirectory(context, path);
  if (/\.(?:tgz|tar\.gz)$/.test(source) && (kind === 'file' || /^https?:\/\//.test(source))) {
    return installArchive(context, source, kind === 'file' ? path : undefined, flags);
  }
  if (kind === undefined && isGit(source)) return installFromGit(context, source, flags);
  throw new CommandError(
    `cannot get information about plugin source ${quote(source)} (if it's a local directory, does it exist?), ` +
      'last error was: Cannot detect VCS',
  );
}

function isGit(source: string): boolean {
  return /^(?:git|ssh|file):\/\/|^git@|^https?:\/\/(?:.*\.git$|(?:github|gitlab)\.com\/|bitbucket\.org\/)/.test(source);
}

async function installDirectory(context: CommandContext, path: string): Promise<string> {
  context.streams.output.write('Installing plugin from local directory (development mode)\n');
  const target = await freePlace(context, basename(path));
  await symlink(path, target);
  return target;
}

async function freePlace(context: CommandContext, name: string): Promise<string> {
  const place = context.settings.pluginsDirectory;
  await mkdir(place, { recursive: true });
  const target = join(place, name);
  if ((await kindOf(target)) === undefined) return target;
  context.log.warn('plugin already exists', { path: target, error: '<nil>' });
  throw new CommandError('plugin already exists');
}

async function installArchive(
  context: CommandContext,
  source: string,
  path: string | undefined,
  flags: FlagValues,
): Promise<string> {
  const { output } = context.streams;
  const read = (suffix: string): Promise<Uint8Array | undefined> =>
    readSource(context, source + suffix, path, suffix, flags);
  const archive = await read('');
  if (archive === undefined) throw new CommandError(`${source} is not there`);
  const provenance = flags.bool('verify') ? await read('.prov') : undefined;
  const fileName = basename(source);
  if (flags.bool('verify')) {
    output.write('Verifying plugin signature...\n');
    if (provenance === undefined) {
      throw new CommandError('plugin verification failed: no provenance file (.prov) found');
    }
    const keyring = await readKeyring(context, flags);
    const verified = await verifyArchive({ archive, fileName }, provenance, keyring);
    output.write(verificationText(verified).replace('Chart Hash', 'Plugin Hash'));
  } else output.write('WARNING: Skipping plugin signature verification\n');
  return placeArchive(context, archive, provenance);
}

/** Unpacks beside, so that there is never half a plugin; keeps the archive, from which its signature can be checked again. */
async function placeArchive(
  context: CommandContext,
  archive: Uint8Array,
  provenance: Uint8Array | undefined,
): Promise<string> {
  const place = context.settings.pluginsDirectory;
  await mkdir(place, { recursive: true });
  const aside = await mkdtemp(join(place, '.unpacking-'));
  try {
    await unpackPlugin(archive, aside);
    const plugin = await loadPlugin(aside);
    if (plugin === undefined) throw new CommandError('the archive holds no plugin: plugin.yaml is missing');
    const target = await freePlace(context, plugin.name);
    await rename(aside, target);
    const kept = join(place, pluginArchiveName(plugin));
    await writeFileAtomically(kept, archive);
    if (provenance !== undefined) await writeFileAtomically(`${kept}.prov`, provenance);
    return target;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function readSource(
  context: CommandContext,
  url: string,
  path: string | undefined,
  suffix: string,
  flags: FlagValues,
): Promise<Uint8Array | undefined> {
  if (path === undefined) {
    const options = { maxBytes: MAX_BYTES, signal: context.signal };
    return fetchFile(url, { url, ...tlsSource(flags) }, options);
  }
  try {
    return await readFile(path + suffix);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readKeyring({ directory }: CommandContext, flags: FlagValues): Promise<Uint8Array> {
  const path = flags.text('keyring');
  try {
    return await readFile(resolve(directory, path));
  } catch (error) {
    throw new CommandError(`failed to load keyring: ${fileProblem('open', path, error)}`, { cause: error });
  }
}

async function installFromGit(context: CommandContext, source: string, flags: FlagValues): Promise<string> {
  // Scripts that give a version without a signature know what they do, as those do who say so.
  if (flags.bool('verify')) {
    throw new CommandError('plugin source does not support verification. Use --verify=false to skip verification');
  }
  context.streams.output.write('WARNING: Skipping plugin signature verification\n');
  const name = basename(source).replace(/\.git$/, '');
  const target = await freePlace(context, name);
  const key = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const clone = join(context.settings.paths.cache, 'plugins', `${name}-${key}`);
  await rm(clone, { recursive: true, force: true });
  await mkdir(join(context.settings.paths.cache, 'plugins'), { recursive: true });
  const version = flags.text('version');
  const branch = version === '' ? [] : ['--branch', version];
  await git(context, ['clone', '--quiet', '--depth', '1', ...branch, '--', source, clone]);
  await symlink(clone, target);
  return target;
}

/** Throws CommandError with what git says. */
export async function git({ environment, signal }: CommandContext, args: readonly string[]): Promise<void> {
  const errors: Uint8Array[] = [];
  const code = await new Promise<number>((done, reject) => {
    const child = spawn('git', args, {
      // Git must not ask anybody for a password.
      env: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (data: Uint8Array) => errors.push(data));
    child.once('error', (error) =>
      reject(new CommandError(`git can't be started: ${error.message}`, { cause: error })),
    );
    child.once('close', (exit) => done(exit ?? 1));
  });
  if (code === 0) return;
  throw new CommandError(`git ${args[0] ?? ''} failed: ${Buffer.concat(errors).toString('utf8').trim()}`);
}

async function kindOf(path: string): Promise<'directory' | 'file' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
