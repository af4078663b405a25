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

/** @throws ReleaseError TooLarge, with what is large, when even the manifest alone doesn't fit */
export function fitRecord(release: Release, limit = MAX_OBJECT_BYTES): FittedRecord {
  const whole = encodeRecord(release);
  const { [CHUNKS_ANNOTATION]: before, ...annotations } = release.annotations ?? {};
  // A record that was read without its files keeps the chunks that it has.
  if (whole.length <= limit) {
    const kept = before === undefined || isWhole(release.chart) ? {} : { [CHUNKS_ANNOTATION]: before };
    return { main: whole, chunks: [], annotations: { ...annotations, ...kept } };
  }
  for (const reduce of [withoutFiles, withoutSources]) {
    if (release.chart === undefined) break;
    const main = encodeRecord({ ...release, chart: reduce(release.chart) });
    if (main.length > limit) continue;
    const text = packText(chartText(release.chart));
    const note: ChunkNote = { count: Math.ceil(text.length / CHUNK_SIZE), digest: digestOf(text) };
    const chunks = Array.from({ length: note.count }, (_, n) => text.slice(n * CHUNK_SIZE, (n + 1) * CHUNK_SIZE));
    return {
      main,
      chunks,
      annotations: { ...annotations, [CHUNKS_ANNOTATION]: `${note.count} sha256:${note.digest}` },
    };
  }
  throw new ReleaseError('TooLarge', `release ${release.name} can't be stored: ${sizeReport(recordSize(release))}`);
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
