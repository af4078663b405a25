/**
 * Releases in the tables of an SQL database, as helm keeps them with HELM_DRIVER=sql: one row for a revision, the labels
 * that it is found by in columns, the user's labels in a table of their own.
 */
import { type Clock, parseLabelSelector } from '@kindred/machinery';
import { MemberError } from '../read-members.ts';
import type { Release } from '../release.ts';
import type { ReleaseDriver } from '../release-driver.ts';
import { ReleaseError, releaseNotFound } from '../release-error.ts';
import { type ReleaseQuery, storedLabels } from '../release-labels.ts';
import { releaseKey } from '../release-name.ts';
import type { SqlDatabase, SqlQuery, SqlRow, SqlValue } from './sql-database.ts';
import { decodeSqlRecord, encodeSqlRecord } from './sql-record.ts';

export interface SqlDriverOptions {
  /** Opened when it is needed first; its owner closes it. */
  readonly database: () => Promise<SqlDatabase>;
  /** Empty: all namespaces, for lookups only. */
  readonly namespace: string;
  readonly clock: Clock;
  /** Told of rows that can't be read as releases, while others are. */
  readonly onDamaged?: ((error: ReleaseError) => void) | undefined;
}

const TYPE = 'helm.sh/release.v1';

/** One column holds all labels of the user, so that a lookup is one statement. */
const SELECT = `SELECT r.key, r.namespace, r.body, (
  SELECT json_object_agg(l.key, l.value) FROM custom_labels_v1 l
  WHERE l.releaseKey = r.key AND l.releaseNamespace = r.namespace
) AS labels FROM releases_v1 r`;

export function sqlDriver({ database, namespace, clock, onDamaged }: SqlDriverOptions): ReleaseDriver {
  const seconds = (): number => Math.floor(clock.now() / 1000);
  const placeOf = (release: Release): string => (namespace === '' ? release.namespace : namespace) || 'default';
  return {
    name: 'SQL',
    async get(name, revision) {
      const { query } = await database();
      const values = [releaseKey(name, revision), namespace];
      const { rows } = await query(`${SELECT} WHERE r.key = $1 AND r.namespace = $2`, values);
      if (rows[0] === undefined) throw releaseNotFound();
      return readRow(rows[0]);
    },
    async query(wanted) {
      const { query } = await database();
      const { where, values } = conditions(wanted, namespace);
      const { rows } = await query(`${SELECT} WHERE ${where} ORDER BY r.namespace, r.name, r.version`, values);
      const selector = parseLabelSelector(wanted.selector ?? '');
      return rows.flatMap((row) => {
        try {
          const release = readRow(row);
          return selector.matches(storedLabels(release, 'modifiedAt', 0)) ? [release] : [];
        } catch (error) {
          if (!(error instanceof ReleaseError)) throw error;
          onDamaged?.(error);
          return [];
        }
      });
    },
    async create(release) {
      const key = releaseKey(release.name, release.revision);
      const place = placeOf(release);
      const body = encodeSqlRecord(release);
      const { info, name, revision } = release;
      await (await database()).transaction(async (query) => {
        const { count } = await query(
          `INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'helm', $8) ON CONFLICT DO NOTHING`,
          [key, TYPE, body, name, place, revision, info.status, seconds()],
        );
        if (count === 0) throw new ReleaseError('AlreadyExists', 'release: already exists');
        await writeLabels(query, key, place, release);
      });
    },
    async update(release) {
      const key = releaseKey(release.name, release.revision);
      const place = placeOf(release);
      const body = encodeSqlRecord(release);
      const { info, name, revision } = release;
      await (await database()).transaction(async (query) => {
        const { count } = await query(
          `UPDATE releases_v1 SET body = $3, name = $4, version = $5, status = $6, owner = 'helm', modifiedAt = $7
           WHERE key = $1 AND namespace = $2`,
          [key, place, body, name, revision, info.status, seconds()],
        );
        if (count === 0) throw releaseNotFound();
        await deleteLabels(query, key, place);
        await writeLabels(query, key, place, release);
      });
    },
    async delete(name, revision) {
      const key = releaseKey(name, revision);
      await (await database()).transaction(async (query) => {
        const { count } = await query('DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2', [key, namespace]);
        if (count === 0) throw releaseNotFound();
        await deleteLabels(query, key, namespace);
      });
    },
  };
}

function conditions(
  { name, status }: ReleaseQuery,
  namespace: string,
): { readonly where: string; readonly values: readonly SqlValue[] } {
  const terms: string[] = ["r.owner = 'helm'"];
  const values: SqlValue[] = [];
  for (const [column, value] of Object.entries({ name, status, namespace: namespace || undefined })) {
    if (value === undefined) continue;
    values.push(value);
    terms.push(`r.${column} = $${values.length}`);
  }
  return { where: terms.join(' AND '), values };
}

async function writeLabels(query: SqlQuery, key: string, namespace: string, { labels }: Release): Promise<void> {
  for (const [name, value] of Object.entries(labels)) {
    await query('INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value) VALUES ($1, $2, $3, $4)', [
      key,
      namespace,
      name,
      value,
    ]);
  }
}

async function deleteLabels(query: SqlQuery, key: string, namespace: string): Promise<void> {
  await query('DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2', [key, namespace]);
}

/** @throws ReleaseError Damaged */
function readRow(row: SqlRow): Release {
  const { key, namespace, body } = row;
  try {
    const release = decodeSqlRecord(String(body));
    return {
      ...release,
      namespace: release.namespace === '' ? String(namespace) : release.namespace,
      labels: labelsOf(row),
    };
  } catch (error) {
    if (!(error instanceof MemberError)) throw error;
    const what = `row ${String(namespace)}/${String(key)}`;
    throw new ReleaseError('Damaged', `the release record in ${what} is damaged: ${error.message}`, { cause: error });
  }
}

function labelsOf({ labels }: SqlRow): Readonly<Record<string, string>> {
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}
