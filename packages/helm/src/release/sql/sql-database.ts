/** The little of an SQL database that keeping releases needs. */

export type SqlValue = string | number;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** How many rows were read or changed. */
  readonly count: number;
}

/** Runs one statement; `$1`, `$2`… stand for the values. */
export type SqlQuery = (statement: string, values?: readonly SqlValue[]) => Promise<SqlResult>;

export interface SqlDatabase {
  readonly query: SqlQuery;
  /** All of the statements have their effect, or none of them when the work fails. */
  transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
