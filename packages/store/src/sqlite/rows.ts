/** Rows of the file's tables, checked as they are read: what holds something else than it should is damaged. */
import { type Revision, StoreError } from '../port.ts';
import type { SqlValue } from './database.ts';

/** A key's present row, or the row that was present once. `id` finds the value. */
export interface LiveRow {
  readonly key: string;
  readonly id: number;
  readonly revision: number;
  readonly created: number;
  readonly version: number;
  readonly lease: number;
  /** There when the row was read together with it. */
  readonly value?: Uint8Array;
}

/** A write; `version` is 0 for a deletion, `previous` the id of the key's row before it or 0. */
export interface EventRow extends LiveRow {
  readonly previous: number;
}

/** A put that is a transaction of its own, so that its id is its revision. */
export interface PutWrite {
  readonly row: LiveRow & { readonly value: Uint8Array };
  /** The key's row before it. */
  readonly before: LiveRow | undefined;
}

/** How far revisions and compaction have come. */
export interface Progress {
  readonly revision: Revision;
  /** id of the newest row that there ever was */
  readonly lastId: number;
  readonly compacted: Revision;
  /** id of the last row that a sweep has looked at */
  readonly swept: number;
}

export function liveRow(row: readonly SqlValue[]): LiveRow {
  return {
    key: text(row[0]),
    id: number(row[1]),
    revision: number(row[2]),
    created: number(row[3]),
    version: number(row[4]),
    lease: number(row[5]),
  };
}

export function eventRow(row: readonly SqlValue[]): EventRow {
  return { ...liveRow(row), previous: number(row[6]) };
}

export function number(value: SqlValue | undefined): number {
  if (typeof value !== 'number') throw damaged('it holds no number where one belongs');
  return value;
}

export function bytes(value: SqlValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw damaged('it holds no bytes where a value belongs');
  return value;
}

export function text(value: SqlValue | undefined): string {
  if (typeof value !== 'string') throw damaged('it holds no text where some belongs');
  return value;
}

export function damaged(what: string): StoreError {
  return new StoreError('corrupt', `the store's file is damaged: ${what}`, { hint: 'restore the file from a backup' });
}
