/**
 * Where a chart is on this machine, after it was fetched if need be: from a path, an archive, a URL, a repository or a
 * registry (helm's documentation of `helm install`, "There are six different ways you can express the chart").
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { goQuote, hasErrorCode } from '@kindred/machinery';
import { type Chart, ChartError } from '../chart/chart.ts';
import { expectArchive, loadArchive } from '../node/load-archive.ts';
import { loadDirectory } from '../node/load-directory.ts';
import type { ChartContext, ChartSource } from './chart-source.ts';
import { downloadChart } from './download-chart.ts';

/** Checks an archive against its provenance; throws when it doesn't hold. */
export type VerifyChart<Verification> = (signed: {
  readonly archive: Uint8Array;
  /** The name that the provenance knows the archive by. */
  readonly fileName: string;
  readonly provenance: Uint8Array;
}) => Promise<Verification>;

export type LocatedChart =
  | { readonly kind: 'directory'; readonly path: string }
  | {
      readonly kind: 'archive';
      /** The archive; under a digest's name when it is in the content cache. */
      readonly path: string;
      readonly fileName: string;
      readonly archive: Uint8Array;
      readonly provenance: Uint8Array | undefined;
    };

/**
 * Locates a chart, and verifies it when `verify` is given. Throws ChartError.
 *
 * @example await loadLocatedChart(await locateChart('stable/web', { version: '^1' }, context))
 */
export async function locateChart(
  reference: string,
  source: ChartSource,
  context: ChartContext,
  verify?: VerifyChart<unknown>,
): Promise<LocatedChart> {
  const name = reference.trim();
  if (source.repo === undefined || source.repo === '') {
    const local = await locateLocally(name, verify !== undefined);
    if (local !== undefined) return check(local, verify);
    if (isAbsolute(name) || name.startsWith('.')) throw new ChartError(`path ${goQuote(name)} not found`);
  }
  const { path, fileName, archive, provenance } = await downloadChart(
    name,
    source,
    context,
    verify === undefined ? 'none' : 'required',
  );
  return check({ kind: 'archive', path, fileName, archive, provenance }, verify);
}

/** The chart itself. Throws ChartError. */
export async function loadLocatedChart(located: LocatedChart): Promise<Chart> {
  if (located.kind === 'directory') return loadDirectory(located.path);
  expectArchive(located.path, located.archive);
  return loadArchive(located.archive);
}

async function check(located: LocatedChart, verify: VerifyChart<unknown> | undefined): Promise<LocatedChart> {
  if (verify === undefined) return located;
  if (located.kind === 'directory') throw new ChartError('unpacked charts cannot be verified');
  const { archive, fileName, provenance } = located;
  if (provenance === undefined) {
    throw new ChartError(
      `could not load provenance file ${located.path}.prov: stat ${located.path}.prov: no such file or directory`,
    );
  }
  await verify({ archive, fileName, provenance });
  return located;
}

async function locateLocally(name: string, wantsProvenance: boolean): Promise<LocatedChart | undefined> {
  const path = resolve(name);
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(name)).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
  if (isDirectory) return { kind: 'directory', path };
  return {
    kind: 'archive',
    path,
    fileName: basename(path),
    archive: await readFile(path),
    provenance: wantsProvenance ? await readIfThere(`${path}.prov`) : undefined,
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
