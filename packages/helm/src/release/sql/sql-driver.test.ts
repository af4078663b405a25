/** The driver of SQL databases against a real PostgreSQL: the contract of all drivers, and what only rows have. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { PostgresServer } from '../../testing/postgres-server.ts';
import type { ReleaseDriver } from '../release-driver.ts';
import { driverContract, sampleRelease } from '../release-driver-contract.test.fixture.ts';
import { parseConnectionString } from './connection-string.ts';
import { openPostgres } from './postgres.ts';
import type { SqlDatabase } from './sql-database.ts';
import { sqlDriver } from './sql-driver.ts';
import { ensureTables } from './sql-schema.ts';

const server = await PostgresServer.start();
const opened: SqlDatabase[] = [];
let schemas = 0;

async function open(parameters: string): Promise<SqlDatabase> {
  assert.ok(server);
  const database = await openPostgres(parseConnectionString(server.connectionString(parameters), {}));
  opened.push(database);
  return database;
}

/** An empty database for each: a schema of its own. */
async function emptyDatabase(): Promise<SqlDatabase> {
  const name = `s${schemas++}`;
  const database = await open(`search_path=${name}`);
  await database.query(`CREATE SCHEMA ${name}`);
  await ensureTables(database);
  return database;
}

function driver(namespace = 'default', damage: string[] = [], database = emptyDatabase): ReleaseDriver {
  let made: Promise<SqlDatabase> | undefined;
  return sqlDriver({
    namespace,
    clock: new ManualClock(1_700_000_000_000),
    onDamaged: ({ message }) => damage.push(message),
    database: () => {
      made ??= database();
      return made;
    },
  });
}

if (server === undefined) test('SQL driver', { skip: 'PostgreSQL is not installed' }, () => undefined);
else {
  after(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await server.close();
  });
  driverContract(() => driver());

  let shared: SqlDatabase;
  before(async () => {
    shared = await emptyDatabase();
  });

  test('SQL: tables are made once, however many begin at the same time', async () => {
    const name = `s${schemas++}`;
    const databases = await Promise.all(Array.from({ length: 3 }, () => open(`search_path=${name}`)));
    await databases[0]?.query(`CREATE SCHEMA ${name}`);
    await Promise.all(databases.map((database) => ensureTables(database)));
    const { rows } = (await databases[0]?.query('SELECT id FROM gorp_migrations ORDER BY id')) ?? {};
    assert.deepEqual(rows, [{ id: 'custom_labels' }, { id: 'init' }]);
  });

  test('SQL: namespaces are apart, and seen together without one', async () => {
    const own = async (): Promise<SqlDatabase> => shared;
    await driver('a', [], own).create({ ...sampleRelease('web', 1), namespace: 'a' });
    await driver('b', [], own).create({ ...sampleRelease('web', 1), namespace: 'b', labels: { team: 'b' } });
    assert.equal((await driver('a', [], own).query({ name: 'web' })).length, 1);
    const all = await driver('', [], own).query({});
    assert.deepEqual(
      all.map(({ namespace, labels }) => [namespace, labels['team']]),
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    );
    assert.deepEqual((await driver('', [], own).query({ selector: 'team in (b)' })).length, 1);
    await driver('a', [], own).delete('web', 1);
    assert.equal((await driver('b', [], own).get('web', 1)).labels['team'], 'b');
  });

  test('SQL: a damaged row is named, and a write that fails leaves nothing', async () => {
    const own = async (): Promise<SqlDatabase> => shared;
    const damage: string[] = [];
    const releases = driver('c', damage, own);
    await releases.create({ ...sampleRelease('web', 1), namespace: 'c' });
    await releases.create({ ...sampleRelease('web', 2), namespace: 'c' });
    await shared.query("UPDATE releases_v1 SET body = 'AAAA' WHERE namespace = 'c' AND version = 2");
    assert.deepEqual(
      (await releases.query({ name: 'web' })).map(({ revision }) => revision),
      [1],
    );
    assert.match(damage[0] ?? '', /^the release record in row c\/sh\.helm\.release\.v1\.web\.v2 is damaged: /);
    const tooLong = { ...sampleRelease('web', 3), namespace: 'c', labels: { key: 'x'.repeat(64) } };
    await assert.rejects(releases.create(tooLong), { message: 'pq: value too long for type character varying(63)' });
    await assert.rejects(releases.get('web', 3), { message: 'release: not found' });
  });
}
