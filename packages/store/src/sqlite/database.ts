/**
 * The few calls that this driver makes of SQLite, over whichever engine is there: `node:sqlite` where Node has it ready for
 * use (22.13 and newer), else the prebuilt package `libsql`. Both run the same SQL.
 */
import { createRequire } from 'node:module';

export type SqlValue = number | string | Uint8Array | null;

export interface Statement {
  run(parameters: readonly SqlValue[]): void;
  /** Columns of the first row in the order of the statement; undefined when there is none. */
  get(parameters: readonly SqlValue[]): readonly SqlValue[] | undefined;
  all(parameters: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

export interface Database {
  readonly engine: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  /**
   * For statements that give rows `reads` is true. Parameters are `?` without numbers: in some releases of Node.js
   * `node:sqlite` takes numbered ones only by name.
   */
  prepare(sql: string, options: { reads: boolean }): Statement;
  close(): void;
}

/** Opens or creates the file. Throws the engine's error; `sqliteErrorCode` reads it. */
export function openDatabase(file: string): Database {
  return hasNodeSqlite(process.versions.node) ? openNodeSqlite(file) : openLibsql(file);
}

/** SQLite's primary result code of an engine's error (13 is SQLITE_FULL); undefined for other errors. */
export function sqliteErrorCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = 'rawCode' in error ? error.rawCode : 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function hasNodeSqlite(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

// Neither engine is imported by name: `node:sqlite` is unknown to Node 20, and bundlers must leave the native package alone.
const require = createRequire(import.meta.url);

interface LibsqlStatement {
  raw(): LibsqlStatement;
  get(parameters: readonly SqlValue[]): SqlValue[] | undefined;
  all(parameters: readonly SqlValue[]): SqlValue[][];
}

interface LibsqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): LibsqlStatement;
  close(): void;
}

function openLibsql(file: string): Database {
  // The package's own types follow another library's API; this is the part that exists and is used here.
  const Libsql = require('libsql') as new (path: string) => LibsqlDatabase;
  const database = new Libsql(file);
  return {
    engine: 'libsql',
    exec: (sql) => database.exec(sql),
    prepare: (sql, { reads }) => libsqlStatement(database, sql, reads),
    close: () => database.close(),
  };
}

function libsqlStatement(database: LibsqlDatabase, sql: string, reads: boolean): Statement {
  const prepare = (): LibsqlStatement => {
    const made = database.prepare(sql);
    return reads ? made.raw() : made;
  };
  let statement: LibsqlStatement | undefined = prepare();
  const get = (parameters: readonly SqlValue[]): SqlValue[] | undefined => {
    statement ??= prepare();
    try {
      return statement.get(parameters);
    } catch (error) {
      // Its `get` leaves a statement that failed as it is, and that would run with the old parameters the next time.
      statement = undefined;
      throw error;
    }
  };
  return {
    // A statement without rows does the same in `get`, at half the cost: `run` makes an object of what it has changed.
    run: (parameters) => {
      get(parameters);
    },
    get,
    all(parameters) {
      statement ??= prepare();
      return statement.all(parameters);
    },
  };
}

interface NodeStatement {
  run(...parameters: readonly SqlValue[]): unknown;
  get(...parameters: readonly SqlValue[]): Record<string, SqlValue> | undefined;
  all(...parameters: readonly SqlValue[]): Record<string, SqlValue>[];
}

interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}

function openNodeSqlite(file: string): Database {
  // Node 20's types do not know the module.
  const { DatabaseSync } = require('node:sqlite') as { DatabaseSync: new (path: string) => NodeDatabase };
  const database = new DatabaseSync(file);
  return {
    engine: 'node:sqlite',
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (parameters) => {
          statement.run(...parameters);
        },
        get(parameters) {
          const row = statement.get(...parameters);
          return row === undefined ? undefined : Object.values(row);
        },
        all: (parameters) => statement.all(...parameters).map((row) => Object.values(row)),
      };
    },
    close: () => database.close(),
  };
}
