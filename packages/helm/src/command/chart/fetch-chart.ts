/** A chart from an archive or from elsewhere, checked against its provenance when --verify asks for it. */
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError } from '../../chart/chart.ts';
import { loadLocatedChart, locateChart } from '../../repositories/locate-chart.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { chartContext, chartSource } from './chart-source.ts';
import { chartVerifier } from './verify-chart.ts';

/** @param flags of a command that has `chartFlags`. Throws ChartError. */
export async function fetchChart(context: CommandContext, reference: string, flags: FlagValues): Promise<Chart> {
  const local = await localPath(context, reference);
  if (local !== undefined) await expectArchive(local);
  const verify = chartVerifier(context, flags);
  const located = await locateChart(local ?? reference, chartSource(flags), chartContext(context), verify);
  return loadLocatedChart(located);
}

const SNIFFED = 512;

/** A file that is something else than an archive is named, with what it looks like. */
async function expectArchive(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) return;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFFED), 0, SNIFFED, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return;
    if (/\.ya?ml$/.test(path)) {
      throw new ChartError(`file '${path}' seems to be a YAML file, but expected a gzipped archive`);
    }
    // A zero byte is what Go goes by, and shorter files are followed by such here.
    const isText = bytesRead === SNIFFED && !buffer.includes(0);
    const type = isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
    throw new ChartError(`file '${path}' does not appear to be a gzipped archive; got '${type}'`);
  } finally {
    await file.close();
  }
}

/** Paths are seen from the directory of the command. */
async function localPath({ directory }: CommandContext, name: string): Promise<string | undefined> {
  const path = resolve(directory, name);
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
