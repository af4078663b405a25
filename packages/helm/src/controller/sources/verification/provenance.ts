/** Helm's own signatures of charts, `.prov` files beside the archives, by keys of a Secret. */
import { ChartError } from '../../../chart/chart.ts';
import { verifyArchive } from '../../../provenance/provenance.ts';
import type { DownloadedChart } from '../../../repositories/download-chart.ts';
import { SourceError } from '../source-error.ts';

/** @throws SourceError unless one of the keyrings (armored, or GnuPG's old binary form) vouches for the archive */
export async function verifyProvenance(
  { archive, fileName, provenance }: DownloadedChart,
  keyrings: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  if (provenance === undefined) throw new SourceError(`${fileName} has no provenance file`);
  let problem: ChartError | undefined;
  for (const [, keyring] of [...keyrings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      await verifyArchive({ archive, fileName }, provenance, keyring);
      return;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      problem = error;
    }
  }
  const why = problem?.message ?? 'the Secret of those who may sign is empty';
  throw new SourceError(`the provenance of ${fileName} is not trusted: ${why}`, { cause: problem });
}
