/**
 * What a record leaves out of a chart: of the files that no template reads (README.md, crds/, pictures) those that don't fit
 * into a small allowance. Nobody reads a chart's files out of a record, neither helm's commands nor ours; each revision
 * carries them nevertheless, and an object of the cluster holds 1 MiB.
 */
import { compareText } from '../go/compare-text.ts';
import type { StoredChart, StoredFile } from './release.ts';

/**
 * Bytes of files that no template reads which a record keeps, the smallest first. Ordinary charts stay below, so that their
 * records are helm's to the byte; packed it is at most a tenth of an object, and of text some 2 %.
 */
export const UNREAD_BYTES = 64 * 1024;

export interface TrimmedChart {
  readonly chart: StoredChart;
  /** What was left out. */
  readonly left: readonly StoredFile[];
}

/** @param read the names of the files that templates read */
export function withoutUnreadFiles(
  chart: StoredChart,
  read: ReadonlySet<string>,
  allowed = UNREAD_BYTES,
): TrimmedChart {
  const unread = chart.files
    .filter(({ name }) => !read.has(name))
    .toSorted((a, b) => a.data.length - b.data.length || compareText(a.name, b.name));
  let room = allowed;
  const left = unread.filter(({ data }) => {
    room -= data.length;
    return room < 0;
  });
  if (left.length === 0) return { chart, left };
  return { chart: { ...chart, files: chart.files.filter((file) => !left.includes(file)) }, left };
}
