/**
 * The tables that helm keeps releases in (its `pkg/storage/driver`, driver SQL), made by whoever comes first. What was made
 * is noted in `gorp_migrations`, as the library does that helm makes them with.
 */
import type { SqlDatabase, SqlQuery } from './sql-database.ts';

interface Migration {
  readonly id: string;
  readonly statements: readonly string[];
}

/** In the order of their ids, as helm runs them. */
const MIGRATIONS: readonly Migration[] = [
  {
    id: 'custom_labels',
    statements: [
      `CREATE TABLE custom_labels_v1 (
        releaseKey VARCHAR(64), releaseNamespace VARCHAR(67), key VARCHAR(317), value VARCHAR(63)
      )`,
      'CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace)',
      'GRANT ALL ON custom_labels_v1 TO PUBLIC',
      'ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY',
    ],
  },
  {
    id: 'init',
    statements: [
      `CREATE TABLE releases_v1 (
        key VARCHAR(90), type VARCHAR(64) NOT NULL, body TEXT NOT NULL, name VARCHAR(64) NOT NULL,
        namespace VARCHAR(64) NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,
        createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (key, namespace)
      )`,
      'CREATE INDEX ON releases_v1 (key, namespace)',
      ...['version', 'status', 'owner', 'createdAt', 'modifiedAt'].map(
        (column) => `CREATE INDEX ON releases_v1 (${column})`,
      ),
      'GRANT ALL ON releases_v1 TO PUBLIC',
      'ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY',
    ],
  },
];

/** Any number that nobody else locks by: programs that begin at once wait for each other. */
const LOCK = 4_839_201_175;

/** Makes what isn't there. Rejects with what the database says. */
export async function ensureTables(database: SqlDatabase): Promise<void> {
  if ((await missing(database.query)).length === 0) return;
  await database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await query(
      'CREATE TABLE IF NOT EXISTS gorp_migrations (id TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMP WITH TIME ZONE)',
    );
    for (const { id, statements } of await missing(query)) {
      for (const statement of statements) await query(statement);
      await query('INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now())', [id]);
    }
  });
}

async function missing(query: SqlQuery): Promise<readonly Migration[]> {
  const { rows: tables } = await query("SELECT to_regclass('gorp_migrations') IS NOT NULL AS there");
  if (tables[0]?.['there'] !== true) return MIGRATIONS;
  const { rows } = await query('SELECT id FROM gorp_migrations');
  return MIGRATIONS.filter(({ id }) => !rows.some((row) => row['id'] === id));
}
