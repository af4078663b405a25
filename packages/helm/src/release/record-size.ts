/** How large the record of a release is, and what makes it so: a Secret or ConfigMap holds 1 MiB. */

import { packText } from './record-encoding.ts';
import type { Release } from './release.ts';
import { releaseText } from './release-json.ts';

/** Bytes of data that a Secret or ConfigMap may hold. */
export const MAX_OBJECT_BYTES = 1024 * 1024;

export interface RecordPart {
  /** A file of the chart, or `manifest`, `hooks`, `values`, `config`, `notes`. */
  readonly name: string;
  /** Before compression. */
  readonly bytes: number;
  /** About what it adds to the record: compressed by itself, as base64. */
  readonly packedBytes: number;
}

export interface RecordSize {
  /** What is stored. */
  readonly packedBytes: number;
  readonly limit: number;
  /** Largest first. */
  readonly parts: readonly RecordPart[];
}

/** Measures a record before it is stored. */
export function recordSize(release: Release): RecordSize {
  const { chart } = release;
  const texts: [name: string, text: string][] = [
    ['manifest', release.manifest],
    ['hooks', release.hooks.map(({ manifest }) => manifest).join('')],
    ['notes', release.info.notes],
    ...[...(chart?.templates ?? []), ...(chart?.files ?? [])].map(({ name, data }): [string, string] => [
      name,
      Buffer.from(data).toString('base64'),
    ]),
  ];
  const parts = texts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({ name, bytes: Buffer.byteLength(text), packedBytes: packText(text).length }))
    .toSorted((a, b) => b.packedBytes - a.packedBytes);
  return { packedBytes: packText(releaseText(release)).length, limit: MAX_OBJECT_BYTES, parts };
}

/** The largest parts, a line each. */
export function sizeReport({ packedBytes, limit, parts }: RecordSize): string {
  const lines = parts.slice(0, 8).map((part) => `  ${kib(part.packedBytes)}  ${part.name}`);
  return [`record of ${kib(packedBytes).trim()}, limit ${kib(limit).trim()}; its largest parts:`, ...lines].join('\n');
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`.padStart(11);
}
