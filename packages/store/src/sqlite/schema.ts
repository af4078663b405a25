/**
 * The file's tables and its format version.
 *
 * `events` has one row for each write, in order. A row's id is its place in history; the id of a transaction's first row is
 * the transaction's revision, so reading from a revision needs no further index. `live` says which row is each key's
 * present one. Old states are read by following `previous` back from the writes that came after. `progress` says how far
 * compaction is, and the newest revision for when the row of it is gone.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { StoreError } from '../port.ts';
import type { Database } from './database.ts';

const pageSize = 8192;
/** Pages beyond the limit that deletions and compaction may use. */
const reservePages = 256;

/**
 * Kept in the file's user_version; a file with a higher one was written by a newer release. In format 1 each commit brought
 * `progress` up to date; in format 2 rows of `events` may be ahead of it.
 */
const formatVersion = 2;
/** SQLite's application_id of our files: "KNDR". */
const applicationId = 0x4b4e4452;

const tables = `
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL,
  key TEXT NOT NULL,
  previous INTEGER NOT NULL,
  created INTEGER NOT NULL,
  version INTEGER NOT NULL,
  lease INTEGER NOT NULL,
  value BLOB
) STRICT;
CREATE TABLE live (
  key TEXT PRIMARY KEY,
  id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created INTEGER NOT NULL,
  version INTEGER NOT NULL,
  lease INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX leased ON live(lease) WHERE lease <> 0;
CREATE TABLE leases (id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_seconds INTEGER NOT NULL) STRICT;
CREATE TABLE progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  compacted INTEGER NOT NULL,
  swept INTEGER NOT NULL
) STRICT;
INSERT INTO progress VALUES (1, 1, 1, 0, 0);
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${formatVersion};
`;

/** Throws `newerFormat` or `corrupt` by the file's first bytes, without opening it as a database. */
export function checkHeader(file: string): void {
  if (!existsSync(file)) return;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  let length: number;
  try {
    length = readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (length === 0) return;
  if (length < header.length || header.toString('latin1', 0, 15) !== 'SQLite format 3') throw notAStore(file);
  checkVersion(file, header.readUInt32BE(60));
}

/** Sets the connection up and creates the tables in a new file. The lock on the file is held from here on. */
export function prepareDatabase(database: Database, file: string, maxBytes: number | undefined): void {
  // Records of a few kilobytes waste less of a page of this size than of the default one.
  database.exec(`PRAGMA page_size = ${pageSize}`);
  database.exec('PRAGMA busy_timeout = 0');
  pragma(database, 'locking_mode = EXCLUSIVE');
  pragma(database, 'journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  pragma(database, 'wal_autocheckpoint = 2000');
  database.exec('PRAGMA cache_size = -16000');
  setSpace(database, maxBytes, { reserve: false });
  database.exec('BEGIN IMMEDIATE');
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const empty = database.prepare('SELECT count(*) FROM sqlite_master', { reads: true }).get([])?.[0] === 0;
  try {
    checkVersion(file, version);
    if (empty && version === 0) database.exec(tables);
    else if (application !== applicationId) throw notAStore(file);
    else if (version < formatVersion) database.exec(`PRAGMA user_version = ${formatVersion}`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
  database.exec('COMMIT');
}

/** Limits the file to `maxBytes`, and what is reserved for making room if asked for. */
export function setSpace(database: Database, maxBytes: number | undefined, { reserve }: { reserve: boolean }): void {
  if (maxBytes === undefined) return;
  const pages = Math.max(1, Math.floor(maxBytes / pageSize));
  pragma(database, `max_page_count = ${reserve ? pages + reservePages : pages}`);
}

function pragma(database: Database, text: string): number {
  const value = database.prepare(`PRAGMA ${text}`, { reads: true }).get([])?.[0];
  return typeof value === 'number' ? value : 0;
}

function checkVersion(file: string, version: number): void {
  if (version <= formatVersion) return;
  throw new StoreError('newerFormat', `${file} has format ${version}, this release knows up to ${formatVersion}`, {
    hint: 'start the newer release that wrote it, or choose another data directory',
  });
}

function notAStore(file: string): StoreError {
  return new StoreError('corrupt', `${file} is not a store of ours, or is damaged at its beginning`, {
    hint: 'restore the file from a backup, or choose another data directory',
  });
}
