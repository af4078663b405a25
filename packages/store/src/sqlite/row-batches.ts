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
      const parameters: SqlValue[] = [];
      for (const { row } of part) parameters.push(row.id, row.key, row.value);
      statement.run(parameters);
    });
  }

  /** Adds puts to history. */
  insertPuts(writes: readonly PutWrite[]): void {
    this.#insertPuts.forParts(writes, (statement, part) => {
      const parameters: SqlValue[] = [];
      for (const { row, before } of part) {
        parameters.push(row.id, row.key, before?.id ?? 0, row.created, row.version, row.lease, row.value);
      }
      statement.run(parameters);
    });
  }
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

function forRows(rows: number, separator: string, text: string): string {
  return Array<string>(rows).fill(text).join(separator);
}

/** One text for all rows: each column of a row that the binding hands over costs as much as a parameter. */
function selectLive(rows: number): string {
  const row = `ifnull((SELECT json_array(id, revision, created, version, lease) FROM live WHERE key = ?), 'null')`;
  return `SELECT '[' || ${forRows(rows, " || ',' || ", row)} || ']'`;
}

function insertCreated(rows: number): string {
  return insertEvents('column1, column1, column2, 0, column1, 1, 0, column3', forRows(rows, ', ', '(?, ?, ?)'));
}

function insertPuts(rows: number): string {
  const columns = 'column1, column1, column2, column3, column4, column5, column6, column7';
  return insertEvents(columns, forRows(rows, ', ', '(?, ?, ?, ?, ?, ?, ?)'));
}

/**
 * OR FAIL keeps SQLite from copying each page first, so that it could undo the one statement: whatever fails here undoes
 * the whole group.
 */
function insertEvents(columns: string, rows: string): string {
  const all = 'id, revision, key, previous, created, version, lease, value';
  return `INSERT OR FAIL INTO events (${all}) SELECT ${columns} FROM (VALUES ${rows})`;
}
