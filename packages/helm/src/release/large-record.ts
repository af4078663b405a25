/**
 * Records that don't fit into one object. The main record stays one that helm reads (manifest, hooks, values); files of the
 * chart, and if need be its templates, go into further objects `<record>.chunk.<n>`, which belong to the main one and are
 * deleted with it.
 */
import { createHash } from 'node:crypto';
import { chartText } from './chart-json.ts';
import { readChart } from './read-chart.ts';
import { MemberError, objectOf } from './read-members.ts';
import { encodeRecord, packText, unpackText } from './record-encoding.ts';
import { MAX_OBJECT_BYTES, recordSize, sizeReport } from './record-size.ts';
import type { Release, StoredChart } from './release.ts';
import { ReleaseError } from './release-error.ts';

/** On the main object: how many chunks there are, and the SHA-256 of their joined text. */
export const CHUNKS_ANNOTATION = 'helm.kindred.dev/chunks';

/** Characters of a chunk: what an object holds, less some for its metadata. */
const CHUNK_SIZE = 1_000_000;

export interface FittedRecord {
  /** Content of the main object. */
  readonly main: string;
  readonly chunks: readonly string[];
  /** Annotations of the main object. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ChunkNote {
  readonly count: number;
  readonly digest: string;
}

/** What remains of a chart in the main record, and its chunks. */
interface CutChart {
  readonly chart: StoredChart;
  readonly chunks: readonly string[];
  readonly note: string;
}

/**
 * Fits records into objects. A chart that had to be cut once is cut at once the next time: an operation writes its record
 * several times.
 *
 * @throws (the function) ReleaseError TooLarge, with what is large, when even the manifest alone doesn't fit
 */
export function recordFitter(limit = MAX_OBJECT_BYTES): (release: Release) => FittedRecord {
  const cuts = new WeakMap<StoredChart, CutChart>();
  return (release) => {
    const known = release.chart === undefined ? undefined : cuts.get(release.chart);
    const { [CHUNKS_ANNOTATION]: before, ...annotations } = release.annotations ?? {};
    if (known === undefined) {
      const whole = encodeRecord(release);
      // A record that was read without its files keeps the chunks that it has.
      const kept = before === undefined || isWhole(release.chart) ? {} : { [CHUNKS_ANNOTATION]: before };
      if (whole.length <= limit) return { main: whole, chunks: [], annotations: { ...annotations, ...kept } };
    }
    const cut = known ?? cutChart(release, limit);
    const main = encodeRecord({ ...release, chart: cut.chart });
    if (main.length > limit) throw tooLarge(release);
    if (release.chart !== undefined) cuts.set(release.chart, cut);
    return { main, chunks: cut.chunks, annotations: { ...annotations, [CHUNKS_ANNOTATION]: cut.note } };
  };
}

function cutChart(release: Release, limit: number): CutChart {
  const { chart } = release;
  if (chart === undefined) throw tooLarge(release);
  const fits = (cut: StoredChart): boolean => encodeRecord({ ...release, chart: cut }).length <= limit;
  const cut = [withoutFiles(chart), withoutSources(chart)].find(fits);
  if (cut === undefined) throw tooLarge(release);
  const text = packText(chartText(chart));
  const count = Math.ceil(text.length / CHUNK_SIZE);
  const chunks = Array.from({ length: count }, (_, n) => text.slice(n * CHUNK_SIZE, (n + 1) * CHUNK_SIZE));
  return { chart: cut, chunks, note: `${count} sha256:${digestOf(text)}` };
}

function tooLarge(release: Release): ReleaseError {
  return new ReleaseError('TooLarge', `release ${release.name} can't be stored: ${sizeReport(recordSize(release))}`);
}

export function chunkNote(annotations: Readonly<Record<string, string>> | undefined): ChunkNote | undefined {
  const [, count, digest] = /^(\d{1,3}) sha256:([0-9a-f]{64})$/.exec(annotations?.[CHUNKS_ANNOTATION] ?? '') ?? [];
  return count === undefined || digest === undefined ? undefined : { count: Number(count), digest };
}

/** The release with what its chunks hold. Throws MemberError when they aren't those of the note. */
export function joinChunks(release: Release, chunks: readonly string[], note: ChunkNote): Release {
  const text = chunks.join('');
  if (digestOf(text) !== note.digest)
    throw new MemberError('the chunks of the record are not those that it was stored with');
  const chart = readChart(objectOf(JSON.parse(unpackText(text)), 'chart'), 'chart');
  return { ...release, chart };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Those that went to chunks have no files left. */
function isWhole(chart: StoredChart | undefined): boolean {
  return chart !== undefined && chart.files.length > 0;
}

function withoutFiles(chart: StoredChart): StoredChart {
  return { ...chart, files: [] };
}

function withoutSources(chart: StoredChart): StoredChart {
  return { ...chart, files: [], templates: [], schema: undefined };
}
