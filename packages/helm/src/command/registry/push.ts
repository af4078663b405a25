/** `helm push`: a chart's archive into a registry, with its provenance when there is one beside it. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { proxyFromEnvironment } from '@kindred/client';
import { hasErrorCode } from '@kindred/machinery';
import { quote } from '../../go/quote.ts';
import { isOciReference } from '../../http/url.ts';
import { loadArchive } from '../../node/load-archive.ts';
import { pushChart } from '../../registry/push-chart.ts';
import { underscoreNote } from '../../registry/reference.ts';
import { openRegistry } from '../../repositories/open-registry.ts';
import { minimumArguments } from '../arguments.ts';
import { tlsFlags } from '../chart/chart-flags.ts';
import { chartPaths } from '../chart/chart-paths.ts';
import { tlsSource } from '../chart/chart-source.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const pushCommand: Command = {
  usage: '[chart] [remote]',
  long: `Uploads a chart's archive to a registry; its provenance too, when there is a .prov file beside it.`,
  arguments: minimumArguments(2),
  flags: () => tlsFlags,
  complete: async (_context, args) => ({
    words: args.length === 1 ? ['oci://'] : [],
    files: args.length === 0,
    noSpace: args.length === 1,
  }),
  run: async (context, [name = '', remote = ''], flags) => {
    if (!isOciReference(remote)) throw badRemote(remote);
    const path = resolve(context.directory, name);
    const { mtime } = await statFile(path, name);
    const archive = await readFile(path);
    const { metadata } = loadArchive(archive);
    const provenance = await readIfThere(`${path}.prov`);
    const client = await openRegistry(tlsSource(flags), chartPaths(context), proxyFromEnvironment(context.environment));
    try {
      const created = mtime.toISOString().replace(/\.\d+Z$/, 'Z');
      const chart = { archive, metadata, created, ...(provenance === undefined ? {} : { provenance }) };
      const pushed = await pushChart(client, remote, chart, context.signal);
      const lines = [`Pushed: ${pushed.reference}`, `Digest: ${pushed.digest}`, underscoreNote(pushed.reference)];
      for (const line of lines.filter((each) => each !== '')) context.streams.errors.write(`${line}\n`);
    } finally {
      client.close();
    }
    return 0;
  },
};

function badRemote(remote: string): CommandError {
  const scheme = /^([^:]*):\/\//.exec(remote)?.[1];
  if (scheme === undefined) return new CommandError('scheme prefix missing from remote (e.g. "oci://")');
  return new CommandError(`scheme ${quote(scheme)} not supported`);
}

async function statFile(path: string, name: string): Promise<{ mtime: Date }> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CommandError('cannot push directory, must provide chart archive (.tgz)');
    return found;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new CommandError(`${name}: no such file`, { cause: error });
    throw error;
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
