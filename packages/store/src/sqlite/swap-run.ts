/**
 * Swaps that follow each other, carried out together: all their keys are read at once, and their writes are gathered and
 * go into the tables together. In between, a swap sees what those before it in the run have done.
 */
import { type Revision, StoreError } from '../port.ts';
import type { WireKeyValue, WireSwap, WireSwapResult } from './protocol.ts';
import { damaged, type LiveRow, type PutWrite } from './rows.ts';
import type { SqliteTables } from './sqlite-tables.ts';

/** A swap that has come, with its value. */
export interface Swap {
  readonly wire: WireSwap;
  readonly value: Uint8Array;
}

/** What a run starts from, and what it leaves to the next one. */
export interface SwapProgress {
  readonly lastId: number;
  readonly revision: Revision;
  /** Some keys were there that were to be created: what is undone costs a sync of the disk, what is refused at once does not. */
  readonly lookFirst: boolean;
}

/** See the file's head. */
export class SwapRun {
  readonly #tables: SqliteTables;
  readonly #previous: ((row: LiveRow) => WireKeyValue) | undefined;
  readonly #live = new Map<string, LiveRow>();
  #lastId: number;
  #revision: Revision;
  #lookFirst: boolean;
  /** Either new keys without leases or other writes: the two kinds have statements of their own. */
  #gathered: PutWrite[] = [];
  #creations = false;

  /** @param previous gives a replaced row to whoever wants such ones; undefined when nobody does */
  constructor(
    tables: SqliteTables,
    { lastId, revision, lookFirst }: SwapProgress,
    previous: ((row: LiveRow) => WireKeyValue) | undefined,
  ) {
    this.#tables = tables;
    this.#lastId = lastId;
    this.#revision = revision;
    this.#lookFirst = lookFirst;
    this.#previous = previous;
  }

  get progress(): SwapProgress {
    return { lastId: this.#lastId, revision: this.#revision, lookFirst: this.#lookFirst };
  }

  /** Carries out all of the run; gives what each did, or why it was refused. */
  carryOut(swaps: readonly Swap[]): readonly (WireSwapResult | StoreError)[] {
    const creations = swaps.every(isCreation);
    const created = creations && !this.#lookFirst ? this.#create(swaps) : undefined;
    if (created !== undefined) return created;
    const keys = swaps.map(({ wire }) => wire.key);
    for (const row of this.#tables.liveOf(keys)) if (row !== undefined) this.#live.set(row.key, row);
    if (creations) this.#lookFirst = this.#live.size > 0;
    const results = swaps.map((swap) => this.#swap(swap));
    this.#flush();
    return results;
  }

  /** Creates keys without looking first whether they are there. When one is, or is named twice, it does nothing. */
  #create(swaps: readonly Swap[]): WireSwapResult[] | undefined {
    const writes = swaps.map(({ wire: { key }, value }, index): PutWrite => {
      const id = this.#lastId + 1 + index;
      return { row: { key, id, revision: id, created: id, version: 1, lease: 0, value }, before: undefined };
    });
    if (!this.#tables.create(writes)) return undefined;
    this.#lastId += swaps.length;
    this.#revision = this.#lastId;
    return writes.map(({ row }) => ({ type: 'swap', revision: row.id, created: row.id, version: 1 }));
  }

  #swap({ wire: { key, target, than, lease }, value }: Swap): WireSwapResult | StoreError {
    const before = this.#live.get(key);
    const found = before === undefined ? 0 : target === 'create' ? before.created : before.revision;
    if (found !== than) return { type: 'swap', revision: this.#revision, created: 0, version: 0 };
    if (lease !== 0 && !this.#tables.hasLease(lease)) return leaseNotFound(lease);
    const id = ++this.#lastId;
    const created = before?.created ?? id;
    const version = (before?.version ?? 0) + 1;
    this.#put({ row: { key, id, revision: id, created, version, lease, value }, before });
    this.#revision = id;
    const done: WireSwapResult = { type: 'swap', revision: id, created, version };
    return before === undefined || this.#previous === undefined ? done : { ...done, previous: this.#previous(before) };
  }

  #put(write: PutWrite): void {
    const creation = write.before === undefined && write.row.lease === 0;
    if (creation !== this.#creations) this.#flush();
    this.#creations = creation;
    this.#gathered.push(write);
    this.#live.set(write.row.key, write.row);
  }

  /** Brings what is gathered into the tables. */
  #flush(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    if (!this.#creations) this.#tables.putAll(gathered);
    // They were looked for: what finds them there now must not be answered as if it were written.
    else if (!this.#tables.create(gathered)) throw damaged('a key that was not there is');
  }
}

export function leaseNotFound(id: number): StoreError {
  return new StoreError('leaseNotFound', `lease ${id} does not exist or has ended`);
}

function isCreation({ wire: { than, lease } }: Swap): boolean {
  return than === 0 && lease === 0;
}

const halfCharacter = /\p{Surrogate}/u;

/** The swap with its key as the file, whose text is UTF-8, will have it: keys that are one there must be one here. */
export function asStored(swap: WireSwap): WireSwap {
  return halfCharacter.test(swap.key) ? { ...swap, key: Buffer.from(swap.key).toString() } : swap;
}
