/** The prepared statements over the file's tables, with typed rows. */
import { type Database, type SqlValue, type Statement, sqliteErrorCode } from './database.ts';
import { RowBatches } from './row-batches.ts';
import {
  bytes,
  damaged,
  type EventRow,
  eventRow,
  type LiveRow,
  liveRow,
  number,
  type Progress,
  type PutWrite,
  text,
} from './rows.ts';

const liveColumns = 'key, id, revision, created, version, lease';
const eventColumns = `${liveColumns}, previous`;
// Each parameter costs the binding more than SQLite needs to read a row that it has just written.
const copyToLive = `INSERT INTO live (${liveColumns}) SELECT ${liveColumns} FROM events WHERE id BETWEEN ? AND ?`;

/** SQLite's primary result code for a key that is there already. */
const constraint = 19;

/** See the file's head. */
export class SqliteTables {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #batches: RowBatches;

  constructor(database: Database) {
    this.#database = database;
    this.#batches = new RowBatches(database);
  }

  /** Where the file is. The rows of history may be ahead of what was written down last, or gone. */
  progress(): Progress {
    const row = this.#get('SELECT revision, last_id, compacted, swept FROM progress');
    const newest = this.#get('SELECT revision, id FROM events ORDER BY id DESC LIMIT 1');
    const [revision, lastId] = number(newest?.[1] ?? 0) > number(row?.[1]) ? (newest ?? []) : (row ?? []);
    return {
      revision: number(revision),
      lastId: number(lastId),
      compacted: number(row?.[2]),
      swept: number(row?.[3]),
    };
  }

  saveProgress({ revision, lastId, compacted, swept }: Progress): void {
    const parameters = [revision, lastId, compacted, swept];
    this.#run('UPDATE progress SET revision = ?, last_id = ?, compacted = ?, swept = ? WHERE id = 1', parameters);
  }

  live(key: string): LiveRow | undefined {
    const row = this.#get(`SELECT ${liveColumns} FROM live WHERE key = ?`, [key]);
    return row === undefined ? undefined : liveRow(row);
  }

  /** The row of each key. */
  liveOf(keys: readonly string[]): readonly (LiveRow | undefined)[] {
    return this.#batches.live(keys);
  }

  /** Rows with `from` <= key < `to`; limit 0 is none. */
  liveRange(from: string, to: string | undefined, limit: number): readonly LiveRow[] {
    const { where, parameters } = bounds(from, to);
    const sql = `SELECT ${liveColumns} FROM live WHERE ${where} ORDER BY key LIMIT ?`;
    return this.#all(sql, [...parameters, limit === 0 ? -1 : limit]).map(liveRow);
  }

  /** The same with the values: one statement, since loading everything at a start reads many. */
  liveRangeWithValues(from: string, to: string | undefined, limit: number): readonly LiveRow[] {
    const { where, parameters } = bounds(from, to);
    const columns = 'l.key, l.id, l.revision, l.created, l.version, l.lease, e.value';
    const sql = `SELECT ${columns} FROM live l CROSS JOIN events e ON e.id = l.id WHERE ${where.replaceAll('key', 'l.key')} ORDER BY l.key LIMIT ?`;
    return this.#all(sql, [...parameters, limit === 0 ? -1 : limit]).map((row) => ({
      ...liveRow(row),
      value: bytes(row[6]),
    }));
  }

  countLive(from: string, to: string | undefined): number {
    const { where, parameters } = bounds(from, to);
    return number(this.#get(`SELECT count(*) FROM live WHERE ${where}`, parameters)?.[0]);
  }

  /** Keys bound to a lease, in order. */
  leased(lease: number): readonly LiveRow[] {
    const sql = `SELECT ${liveColumns} FROM live WHERE lease <> 0 AND lease = ? ORDER BY key`;
    return this.#all(sql, [lease]).map(liveRow);
  }

  setLive(row: LiveRow): void {
    this.#run(`INSERT OR REPLACE INTO live (${liveColumns}) VALUES (?, ?, ?, ?, ?, ?)`, liveParameters(row));
  }

  /**
   * Carries out puts of new keys without leases; their ids follow each other. Gives false, and has done nothing, if one of
   * the keys is there already.
   */
  create(writes: readonly PutWrite[]): boolean {
    const ids = [writes[0]?.row.id ?? 0, writes.at(-1)?.row.id ?? 0];
    this.#batches.insertCreated(writes);
    try {
      this.#run(copyToLive, ids);
      return true;
    } catch (error) {
      if (sqliteErrorCode(error) !== constraint) throw error;
      // SQLite has undone the one statement, and what came before it goes here.
      this.#run('DELETE FROM events WHERE id BETWEEN ? AND ?', ids);
      return false;
    }
  }

  /** Carries out any puts whose ids follow each other. */
  putAll(writes: readonly PutWrite[]): void {
    this.#batches.insertPuts(writes);
    for (const { row, before } of writes) {
      if (before?.lease !== row.lease) this.setLive(row);
      else {
        const parameters = [row.id, row.revision, row.version, row.key];
        this.#run('UPDATE live SET id = ?, revision = ?, version = ? WHERE key = ?', parameters);
      }
    }
  }

  deleteLive(key: string): void {
    this.#run('DELETE FROM live WHERE key = ?', [key]);
  }

  /** @param previous id of the key's row before it, or 0 */
  insertEvent(row: LiveRow, previous: number, value: Uint8Array | null): void {
    const sql = `INSERT INTO events (${eventColumns}, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
    const { key, id, revision, created, version, lease } = row;
    this.#run(sql, [key, id, revision, created, version, lease, previous, value]);
  }

  deleteEvent(id: number): void {
    this.#run('DELETE FROM events WHERE id = ?', [id]);
  }

  eventRow(id: number): EventRow {
    const row = this.#get(`SELECT ${eventColumns} FROM events WHERE id = ?`, [id]);
    if (row === undefined) throw damaged(`event ${id} is missing`);
    return eventRow(row);
  }

  value(id: number): Uint8Array {
    return bytes(this.#get('SELECT value FROM events WHERE id = ?', [id])?.[0]);
  }

  /** Writes from `start` on, at least `limit` of them if there are as many, ending with a whole revision. */
  eventsFrom(start: number, limit: number): readonly EventRow[] {
    const sql = `SELECT ${eventColumns} FROM events WHERE id >= ? ORDER BY id LIMIT ?`;
    const rows = this.#all(sql, [start, limit]).map(eventRow);
    const last = rows.at(-1);
    if (rows.length < limit || last === undefined) return rows;
    // A transaction's rows follow each other, so the rest of the last one comes next.
    const next = 'SELECT id FROM events WHERE id > ? AND revision > ? ORDER BY id LIMIT 1';
    const end = this.#get(next, [last.id, last.revision])?.[0] ?? Number.MAX_SAFE_INTEGER;
    const rest = `SELECT ${eventColumns} FROM events WHERE id > ? AND id < ? ORDER BY id`;
    return [...rows, ...this.#all(rest, [last.id, end]).map(eventRow)];
  }

  /** Key and previous id of every write after the revision, oldest first. */
  changesAfter(revision: number): readonly (readonly [string, number])[] {
    const sql = 'SELECT key, previous FROM events WHERE id > ? AND revision > ? ORDER BY id';
    return this.#all(sql, [revision, revision]).map((row): [string, number] => [text(row[0]), number(row[1])]);
  }

  /** id, previous id and version of writes up to the compacted revision that no sweep has looked at. */
  sweepable(after: number, compacted: number, limit: number): readonly (readonly [number, number, number])[] {
    const sql = 'SELECT id, previous, version FROM events WHERE id > ? AND revision <= ? ORDER BY id LIMIT ?';
    return this.#all(sql, [after, compacted, limit]).map((row): [number, number, number] => {
      return [number(row[0]), number(row[1]), number(row[2])];
    });
  }

  insertLease(ttlSeconds: number): number {
    return number(this.#get('INSERT INTO leases (ttl_seconds) VALUES (?) RETURNING id', [ttlSeconds])?.[0]);
  }

  hasLease(id: number): boolean {
    return this.#get('SELECT 1 FROM leases WHERE id = ?', [id]) !== undefined;
  }

  deleteLease(id: number): void {
    this.#run('DELETE FROM leases WHERE id = ?', [id]);
  }

  /** id and time to live in seconds. */
  leases(): readonly (readonly [number, number])[] {
    const rows = this.#all('SELECT id, ttl_seconds FROM leases ORDER BY id', []);
    return rows.map((row): [number, number] => [number(row[0]), number(row[1])]);
  }

  /** Bytes of the pages in use. */
  sizeBytes(): number {
    const sql =
      'SELECT (c.page_count - f.freelist_count) * s.page_size FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s';
    return number(this.#get(sql)?.[0]);
  }

  #run(sql: string, parameters: readonly SqlValue[]): void {
    this.#statement(sql, false).run(parameters);
  }

  #get(sql: string, parameters: readonly SqlValue[] = []): readonly SqlValue[] | undefined {
    return this.#statement(sql, true).get(parameters);
  }

  #all(sql: string, parameters: readonly SqlValue[]): readonly (readonly SqlValue[])[] {
    return this.#statement(sql, true).all(parameters);
  }

  #statement(sql: string, reads: boolean): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql, { reads });
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function bounds(from: string, to: string | undefined): { where: string; parameters: string[] } {
  return to === undefined
    ? { where: 'key >= ?', parameters: [from] }
    : { where: 'key >= ? AND key < ?', parameters: [from, to] };
}

function liveParameters(row: LiveRow): SqlValue[] {
  return [row.key, row.id, row.revision, row.created, row.version, row.lease];
}
