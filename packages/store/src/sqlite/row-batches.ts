/**
 * Statements over several rows at once, for runs of swaps: a call of the binding costs more than what SQLite does for one
 * row in it, and every parameter of a call a fifth of that.
 */
import type { Database, SqlValue, Statement } from './database.ts';
import { damaged, type LiveRow, number, type PutWrite, text } from './rows.ts';

/** Each number of rows up to this has a statement of its own. More rows are cut into parts of twice this, and what is left. */
const exact = 16;

/** A statement for each size of part, prepared when it is first needed. */
class SizedStatements {
  readonly #database: Database;
  readonly #sql: (rows: number) => string;
  readonly #reads: boolean;
  readonly #statements = new Map<number, Statement>();

  constructor(database: Database, sql: (rows: number) => string, { reads }: { reads: boolean }) {
    this.#database = database;
    this.#sql = sql;
    this.#reads = reads;
  }

  /** Cuts the rows into parts, in order, and gives each with the statement for as many. */
  forParts<Row>(rows: readonly Row[], use: (statement: Statement, part: readonly Row[]) => void): void {
    for (let at = 0; at < rows.length; ) {
      const left = rows.length - at;
      const size = left >= 2 * exact ? 2 * exact : Math.min(left, exact);
      use(this.#statement(size), size === rows.length ? rows : rows.slice(at, at + size));
      at += size;
    }
  }

  #statement(size: number): Statement {
    let statement = this.#statements.get(size);
    if (statement === undefined) {
      statement = this.#database.prepare(this.#sql(size), { reads: this.#reads });
      this.#statements.set(size, statement);
    }
    return statement;
  }
}

/** See the file's head. */
export class RowBatches {
  readonly #live: SizedStatements;
  readonly #insertCreated: SizedStatements;
  readonly #insertPuts: SizedStatements;

  constructor(database: Database) {
    this.#live = new SizedStatements(database, selectLive, { reads: true });
    this.#insertCreated = new SizedStatements(database, insertCreated, { reads: false });
    this.#insertPuts = new SizedStatements(database, insertPuts, { reads: false });
  }

  /** The present row of each key. */
  live(keys: readonly string[]): readonly (LiveRow | undefined)[] {
    const rows: (LiveRow | undefined)[] = [];
    this.#live.forParts(keys, (statement, part) => {
      for (const [index, columns] of columnsOf(statement.get(part)).entries()) {
        rows.push(columns === null ? undefined : liveRow(part[index] ?? '', columns));
      }
    });
    return rows;
  }

  /** Adds puts to history of keys that were not there, without leases. */
  insertCreated(writes: readonly PutWrite[]): void {
    this.#insertCreated.forParts(writes, (statement, part) => {
      const parameters = firstId(part);
      for (const { row } of part) parameters.push(row.key, row.value);
      statement.run(parameters);
    });
  }

  /** Adds puts to history. */
  insertPuts(writes: readonly PutWrite[]): void {
    this.#insertPuts.forParts(writes, (statement, part) => {
      const parameters = firstId(part);
      for (const { row, before } of part) {
        parameters.push(row.key, row.created, row.version, row.lease, before?.id ?? 0, row.value);
      }
      statement.run(parameters);
    });
  }
}

/** The first parameter of what writes rows: their ids follow each other. */
function firstId(writes: readonly PutWrite[]): SqlValue[] {
  return [writes[0]?.row.id ?? 0];
}

function columnsOf(row: readonly SqlValue[] | undefined): readonly unknown[] {
  const rows: unknown = JSON.parse(text(row?.[0]));
  if (!Array.isArray(rows)) throw damaged('it holds no rows where they belong');
  return rows;
}

function liveRow(key: string, columns: unknown): LiveRow {
  const [id, revision, created, version, lease] = Array.isArray(columns) ? columns : [];
  return {
    key,
    id: number(id),
    revision: number(revision),
    created: number(created),
    version: number(version),
    lease: number(lease),
  };
}

function forRows(rows: number, separator: string, text: (row: number) => string): string {
  return Array.from({ length: rows }, (_, row) => text(row)).join(separator);
}

/** One text for all rows: each column of a row that the binding hands over costs as much as a parameter. */
function selectLive(rows: number): string {
  const row = (at: number): string =>
    `ifnull((SELECT json_array(id, revision, created, version, lease) FROM live WHERE key = ?${at + 1}), 'null')`;
  return `SELECT '[' || ${forRows(rows, " || ',' || ", row)} || ']'`;
}

// OR FAIL keeps SQLite from copying each page first, so that it could undo the one statement: whatever fails here undoes
// the whole group.

function insertCreated(rows: number): string {
  const row = (at: number): string => {
    const id = `?1 + ${at}`;
    return `(${id}, ${id}, ?${2 * at + 2}, 0, ${id}, 1, 0, ?${2 * at + 3})`;
  };
  return `INSERT OR FAIL INTO events (id, revision, key, previous, created, version, lease, value) VALUES ${forRows(rows, ', ', row)}`;
}

function insertPuts(rows: number): string {
  const row = (at: number): string => {
    const parameter = (index: number): string => `?${6 * at + 2 + index}`;
    const [key, created, version, lease, previous, value] = [0, 1, 2, 3, 4, 5].map(parameter);
    return `(?1 + ${at}, ?1 + ${at}, ${key}, ${previous}, ${created}, ${version}, ${lease}, ${value})`;
  };
  return `INSERT OR FAIL INTO events (id, revision, key, previous, created, version, lease, value) VALUES ${forRows(rows, ', ', row)}`;
}
