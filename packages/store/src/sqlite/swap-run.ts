/**
 * What a run of swaps reads and writes: all its keys are read at once before it, and its writes are gathered and go into
 * the tables together. In between, a swap sees what those before it in the run have done.
 */
import type { WireSwap } from './protocol.ts';
import type { LiveRow, PutWrite } from './rows.ts';
import type { SqliteTables } from './sqlite-tables.ts';

/** See the file's head. Nothing of a run stands before `flush`. */
export class SwapRun {
  readonly #tables: SqliteTables;
  readonly #live = new Map<string, LiveRow | undefined>();
  /** Either new keys without leases or other writes: the two kinds have statements of their own. */
  #gathered: PutWrite[] = [];
  #creations = false;

  /** @param keys all that the run's swaps name */
  constructor(tables: SqliteTables, keys: readonly string[]) {
    this.#tables = tables;
    const rows = tables.liveOf(keys);
    for (const [index, key] of keys.entries()) this.#live.set(key, rows[index]);
  }

  /** The key's present row; its value is there when the run has written it. */
  live(key: string): LiveRow | undefined {
    return this.#live.get(key);
  }

  /** Writes the next row, whose id is its revision. */
  put(write: PutWrite): void {
    const creation = write.before === undefined && write.row.lease === 0;
    if (creation !== this.#creations) this.flush();
    this.#creations = creation;
    this.#gathered.push(write);
    this.#live.set(write.row.key, write.row);
  }

  /** Brings what is gathered into the tables. */
  flush(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    if (this.#creations) this.#tables.createAll(gathered);
    else this.#tables.putAll(gathered);
  }
}

const halfCharacter = /\p{Surrogate}/u;

/** The swap with its key as the file, whose text is UTF-8, will have it: keys that are one there must be one here. */
export function asStored(swap: WireSwap): WireSwap {
  return halfCharacter.test(swap.key) ? { ...swap, key: Buffer.from(swap.key).toString() } : swap;
}
