/** Plugins that come as archives, from disk, the web or a registry: verified before anything of them is installed. */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { proxyFromEnvironment } from '@kindred/client';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import { pluginArchiveName, readArchivedPlugin, unpackPlugin } from '../../plugins/plugin-archive.ts';
import { verificationText, verifyArchive } from '../../provenance/provenance.ts';
import { pullPlugin } from '../../registry/pull-plugin.ts';
import { parseReference } from '../../registry/reference.ts';
import { openRegistry } from '../../repositories/open-registry.ts';
import { fetchFile } from '../../repositories/repository-access.ts';
import { chartPaths } from '../chart/chart-paths.ts';
import { tlsSource } from '../chart/chart-source.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { freePlace, installBeside } from './plugin-place.ts';

const MAX_BYTES = 100 * 1024 * 1024;

interface PluginArchive {
  /** What the provenance knows it by. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly provenance: Uint8Array | undefined;
}

/** @param path of the archive on disk; the source is an address without it */
export async function installArchive(
  context: CommandContext,
  source: string,
  path: string | undefined,
  flags: FlagValues,
): Promise<string> {
  const read = (suffix: string): Promise<Uint8Array | undefined> =>
    readSource(context, source + suffix, path === undefined ? undefined : path + suffix, flags);
  const bytes = await read('');
  if (bytes === undefined) throw new CommandError(`${source} is not there`);
  const provenance = flags.bool('verify') ? await read('.prov') : undefined;
  const archive = { fileName: basename(source), bytes, provenance };
  announce(context, flags);
  await verify(context, archive, flags);
  return place(context, archive);
}

export async function installFromRegistry(context: CommandContext, source: string, flags: FlagValues): Promise<string> {
  const reference = parseReference(source);
  const name = reference.repository.split('/').at(-1) ?? '';
  announce(context, flags);
  await freePlace(context, name);
  const client = await openRegistry(tlsSource(flags), chartPaths(context), proxyFromEnvironment(context.environment));
  try {
    const pulled = await pull(source, flags, () => pullPlugin(client, reference, name, context.signal));
    const bytes = pulled.archive;
    const archive = {
      fileName: pluginArchiveName(readArchivedPlugin(bytes)),
      bytes,
      provenance: pulled.provenance,
    };
    await verify(context, archive, flags);
    return await place(context, archive, name);
  } finally {
    client.close();
  }
}

async function pull<T>(source: string, flags: FlagValues, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const purpose = flags.bool('verify') ? 'failed to get verification data: ' : '';
    throw new CommandError(`${purpose}failed to pull plugin from ${source}: ${error.message}`, { cause: error });
  }
}

function announce({ streams }: CommandContext, flags: FlagValues): void {
  streams.output.write(
    flags.bool('verify') ? 'Verifying plugin signature...\n' : 'WARNING: Skipping plugin signature verification\n',
  );
}

async function verify(
  context: CommandContext,
  { fileName, bytes, provenance }: PluginArchive,
  flags: FlagValues,
): Promise<void> {
  if (!flags.bool('verify')) return;
  try {
    if (provenance === undefined) throw new ChartError('no provenance file (.prov) found');
    const keyring = await readKeyring(context, flags);
    const verified = await verifyArchive({ archive: bytes, fileName }, provenance, keyring);
    context.streams.output.write(verificationText(verified).replace('Chart Hash', 'Plugin Hash'));
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new CommandError(`plugin verification failed: ${error.message}`, { cause: error });
  }
}

/** Keeps the archive too, from which the signature can be checked again. */
async function place(context: CommandContext, { bytes, provenance }: PluginArchive, name?: string): Promise<string> {
  return installBeside(context, async (aside) => {
    await unpackPlugin(bytes, aside);
    const plugin = await loadPlugin(aside);
    if (plugin === undefined) throw new CommandError('the archive holds no plugin: plugin.yaml is missing');
    await freePlace(context, name ?? plugin.name);
    const kept = join(context.settings.pluginsDirectory, pluginArchiveName(plugin));
    await writeFileAtomically(kept, bytes);
    if (provenance !== undefined) await writeFileAtomically(`${kept}.prov`, provenance);
    return { from: aside, name: name ?? plugin.name };
  });
}

async function readSource(
  context: CommandContext,
  url: string,
  path: string | undefined,
  flags: FlagValues,
): Promise<Uint8Array | undefined> {
  if (path === undefined) {
    const proxy = proxyFromEnvironment(context.environment);
    return fetchFile(url, { url, ...tlsSource(flags) }, { maxBytes: MAX_BYTES, signal: context.signal, proxy });
  }
  try {
    return await readFile(path);
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
    throw new ChartError(fileProblem('open', path, error), { cause: error });
  }
}
