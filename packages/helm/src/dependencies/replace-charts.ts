/**
 * Puts new archives into `charts/` and takes old ones out, as one step: when any move fails, everything is as it was.
 */
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, hasErrorCode } from '@kindred/machinery';
import { loadArchive } from '../node/load-archive.ts';
import { listCharts } from './chart-directory.ts';

export interface Replacement {
  readonly chartPath: string;
  /** Directory with the new files, on the same file system. */
  readonly directory: string;
  /** Names of charts that lie in `charts/` without a repository: their archives stay. */
  readonly local: ReadonlySet<string>;
  readonly report: (line: string) => void;
  /** Runs at the end; when it fails, the files go back. */
  readonly commit: () => Promise<void>;
}

export async function replaceCharts(replacement: Replacement): Promise<void> {
  const { chartPath, directory, report } = replacement;
  const charts = join(chartPath, 'charts');
  const incoming = await readdir(directory);
  report('Deleting outdated charts');
  const outdated = await outdatedFiles(replacement, new Set(incoming));
  const moves = new Moves(await mkdtemp(join(charts, '.before-')));
  try {
    for (const name of [...outdated, ...incoming]) await moves.putAside(join(charts, name), name);
    for (const name of incoming) await moves.move(join(directory, name), join(charts, name));
    await replacement.commit();
  } catch (error) {
    await moves.undo();
    throw error;
  }
  await moves.finish();
}

/** Archives of charts that are no longer wanted. What is no chart, or can't be read, is nobody's to delete. */
async function outdatedFiles(replacement: Replacement, incoming: ReadonlySet<string>): Promise<string[]> {
  const outdated: string[] = [];
  for (const { name, isDirectory } of await listCharts(replacement.chartPath)) {
    if (isDirectory || incoming.has(name)) continue;
    const path = join(replacement.chartPath, 'charts', name);
    try {
      const { metadata } = loadArchive(await readFile(path));
      if (!replacement.local.has(metadata.name)) outdated.push(name);
    } catch (error) {
      replacement.report(`Could not verify ${path} for deletion: ${errorText(error)} (Skipping)`);
    }
  }
  return outdated;
}

class Moves {
  readonly #aside: string;
  readonly #done: { from: string; to: string }[] = [];

  constructor(aside: string) {
    this.#aside = aside;
  }

  async putAside(path: string, name: string): Promise<void> {
    try {
      await this.move(path, join(this.#aside, name));
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }

  async move(from: string, to: string): Promise<void> {
    await rename(from, to);
    this.#done.push({ from, to });
  }

  async undo(): Promise<void> {
    for (const { from, to } of this.#done.toReversed()) await rename(to, from);
    await this.finish();
  }

  async finish(): Promise<void> {
    await rm(this.#aside, { recursive: true, force: true });
  }
}
