/** The drivers against the contract; what only objects in a cluster have: labels, damage, chunks, limits. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import { MemoryApi } from '@kindred/client/testing';
import { ManualClock } from '@kindred/machinery';
import { CHUNKS_ANNOTATION } from './large-record.ts';
import { memoryDriver } from './memory-driver.ts';
import { configMapDriver, secretDriver } from './object-driver.ts';
import { type Release, withInfo } from './release.ts';
import { driverContract, sampleRelease } from './release-driver-contract.test.fixture.ts';
import { isReleaseError } from './release-error.ts';
import { ReleaseStorage } from './release-storage.ts';

const namespace = 'default';

function cluster() {
  const client = createClient(new MemoryApi());
  const damage: string[] = [];
  const options = {
    client,
    namespace,
    clock: new ManualClock(1_700_000_000_000),
    onDamaged: (error: Error) => damage.push(error.message),
  };
  return { client, damage, options };
}

driverContract(memoryDriver);
driverContract(() => secretDriver(cluster().options));
driverContract(() => configMapDriver(cluster().options));

test('the object has the names, labels and type that helm looks for', async () => {
  const { client, options } = cluster();
  await secretDriver(options).create(sampleRelease('web', 3));
  const secret = await client.get(Secret, { namespace, name: 'sh.helm.release.v1.web.v3' });
  assert.equal(secret.type, 'helm.sh/release.v1');
  const labels = { createdAt: '1700000000', name: 'web', owner: 'helm', status: 'deployed', team: 'a', version: '3' };
  assert.deepEqual(secret.metadata.labels, labels);
  await secretDriver(options).update(sampleRelease('web', 3));
  const { createdAt, ...rest } = labels;
  const updated = await client.get(Secret, { namespace, name: 'sh.helm.release.v1.web.v3' });
  assert.deepEqual(updated.metadata.labels, { ...rest, modifiedAt: createdAt });
});

test('a damaged object is named; the other releases stay usable', async () => {
  const { client, damage, options } = cluster();
  const driver = secretDriver(options);
  await driver.create(sampleRelease('web', 1));
  const labels = { name: 'web', owner: 'helm', status: 'deployed', version: '2' };
  const metadata = { namespace, name: 'sh.helm.release.v1.web.v2', labels };
  await client.create(Secret, { metadata, data: { release: 'AAAA' } });
  assert.deepEqual(
    (await driver.query({ name: 'web' })).map(({ revision }) => revision),
    [1],
  );
  assert.match(damage[0] ?? '', /^the release record in Secret default\/sh\.helm\.release\.v1\.web\.v2 is damaged: /);
  await assert.rejects(driver.get('web', 2), (error) => isReleaseError(error, 'Damaged'));
  await assert.rejects(driver.create(sampleRelease('web', 2)), {
    message: /^release: already exists: the release record in Secret .* is damaged: .*; delete it to go on without it$/,
  });
  await assert.rejects(driver.create(sampleRelease('web', 1)), { message: 'release: already exists' });
});

/** Random, so that it can't be compressed. */
function withFile(release: Release, bytes: number): Release {
  const { chart } = release;
  assert.ok(chart);
  return { ...release, chart: { ...chart, files: [{ name: 'blob.bin', data: new Uint8Array(randomBytes(bytes)) }] } };
}

for (const kind of ['Secret', 'ConfigMap'] as const) {
  test(`${kind}: a record that is too large keeps its files in chunks`, async () => {
    const { client, damage, options } = cluster();
    const driver = kind === 'Secret' ? secretDriver(options) : configMapDriver(options);
    const release = withFile(sampleRelease('web', 1), 1_500_000);
    await driver.create(release);
    const whole = await driver.get('web', 1);
    assert.deepEqual(whole.chart, release.chart);
    const [found] = await driver.query({ name: 'web' });
    assert.deepEqual(found?.chart?.files, []);
    assert.equal(found?.manifest, release.manifest);

    // A new status, by somebody who has seen the main record only, leaves the chunks as they are.
    assert.ok(found);
    await driver.update(withInfo(found, { status: 'superseded' }));
    assert.deepEqual((await driver.get('web', 1)).chart?.files, release.chart?.files);
    assert.equal((await driver.get('web', 1)).info.status, 'superseded');

    // Chunks belong to the main object, and no lookup of helm finds them.
    const chunk = await client.get(kind === 'Secret' ? Secret : ConfigMap, {
      namespace,
      name: 'sh.helm.release.v1.web.v1.chunk.2',
    });
    assert.equal(chunk.metadata.ownerReferences?.[0]?.name, 'sh.helm.release.v1.web.v1');
    assert.equal(chunk.metadata.labels?.['owner'], 'kindred-helm');

    await client.delete(kind === 'Secret' ? Secret : ConfigMap, { namespace, name: chunk.metadata.name ?? '' });
    assert.deepEqual((await driver.get('web', 1)).chart?.files, [], 'the main record is enough');
    assert.equal(damage.length, 1);
  });
}

test('chunks are replaced with the record', async () => {
  const { options } = cluster();
  const driver = secretDriver(options);
  await driver.create(withFile(sampleRelease('web', 1), 1_500_000));
  const before = await driver.get('web', 1);
  const other = withFile(before, 900_000);
  await driver.update(other);
  assert.deepEqual((await driver.get('web', 1)).chart?.files, other.chart?.files);
  const small = withFile(await driver.get('web', 1), 10);
  await driver.update(small);
  const now = await driver.get('web', 1);
  assert.deepEqual(now.chart?.files, small.chart?.files);
  assert.equal(now.annotations?.[CHUNKS_ANNOTATION], undefined);
});

test('a manifest that is too large alone is refused with what is large', async () => {
  const { options } = cluster();
  const manifest = randomBytes(1_500_000).toString('base64');
  await assert.rejects(secretDriver(options).create({ ...sampleRelease('web', 1), manifest }), (error) => {
    assert.ok(isReleaseError(error, 'TooLarge'));
    assert.match(error.message, /limit 1024\.0 KiB; its largest parts:\n +\d+\.\d KiB {2}manifest\n/);
    return true;
  });
});

test('the history keeps its limit, and never loses what is deployed', async () => {
  const storage = new ReleaseStorage(memoryDriver());
  await storage.create(sampleRelease('web', 1, 'deployed'));
  for (let revision = 2; revision < 8; revision++) await storage.create(sampleRelease('web', revision, 'failed'), 3);
  assert.deepEqual(
    (await storage.history('web')).map(({ revision }) => revision),
    [7, 6, 1],
  );
  assert.equal((await storage.last('web')).revision, 7);
  assert.equal((await storage.deployed('web')).revision, 1);
  await assert.rejects(storage.history('other'), { message: 'release: not found' });
  await assert.rejects(storage.deployed('other'), { message: '"other" has no deployed releases' });
});
