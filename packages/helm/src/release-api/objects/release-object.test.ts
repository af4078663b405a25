/** Records of the real helm as objects of the API, and what is shown of those that can't be read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { HELM_RECORD } from '../../release/helm-record.test.fixture.ts';
import { decodeRecord, encodeRecord } from '../../release/record-encoding.ts';
import { type Release as Recorded, withInfo } from '../../release/release.ts';
import { parseRevisionName, releaseObject, revisionObject } from './release-object.ts';
import { releaseTable, revisionTable } from './tables.ts';

const RECORD = decodeRecord(HELM_RECORD);

function secretOf(record: Recorded | string, labels: Readonly<Record<string, string>> = {}): Observed<Secret> {
  const revision = typeof record === 'string' ? 1 : record.revision;
  const text = typeof record === 'string' ? record : encodeRecord(record);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.r1.v${revision}`,
      namespace: RECORD.namespace,
      uid: `uid-${revision}`,
      resourceVersion: String(100 + revision),
      creationTimestamp: '2026-11-22T02:16:36Z',
      labels: { owner: 'helm', name: 'r1', version: String(revision), status: 'deployed', createdAt: '1', ...labels },
    },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(text).toString('base64') },
  };
}

test('a release is the newest record: its chart and values, what became of it, its labels', () => {
  const release = releaseObject(secretOf(HELM_RECORD, { team: 'a' }));
  assert.ok(release);
  const { metadata, spec, status } = release;
  assert.match(metadata.uid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(
    { ...metadata, uid: '' },
    {
      name: 'r1',
      namespace: RECORD.namespace,
      uid: '',
      resourceVersion: '101',
      creationTimestamp: '2026-11-22T02:16:35Z',
      generation: 1,
      labels: { owner: 'helm', name: 'r1', version: '1', status: 'deployed', team: 'a' },
    },
  );
  assert.equal(spec.chart?.name, RECORD.chart?.metadata.name);
  assert.equal(spec.chart?.description, 'a <b> & c');
  assert.equal(spec.rollbackTo, undefined);
  assert.deepEqual(Object.keys((spec.values ?? {}) as object).sort(), [...RECORD.config.keys()].sort());
  assert.equal(status?.status, 'deployed');
  assert.equal(status?.applyMethod, 'ssa');
  assert.equal(status?.manifest, RECORD.manifest);
  assert.deepEqual(status?.hooks?.[0]?.events, ['pre-install', 'pre-upgrade']);
  assert.equal(status?.hooks?.[0]?.lastRun?.phase, 'Succeeded');
  assert.equal(
    JSON.stringify(release).includes('templates/'),
    RECORD.manifest.includes('templates/'),
    'no files of the chart',
  );
});

test('its uid lasts from install to uninstall, whatever is done to it; another life has another', () => {
  const uidOf = (record: Recorded): string | undefined => releaseObject(secretOf(record))?.metadata.uid;
  const upgraded = withInfo({ ...RECORD, revision: 7 }, { lastDeployed: '2026-12-01T00:00:00Z', status: 'failed' });
  assert.equal(uidOf(upgraded), uidOf(RECORD));
  assert.notEqual(uidOf(withInfo(RECORD, { firstDeployed: '2026-12-01T00:00:00Z' })), uidOf(RECORD));
  assert.notEqual(releaseObject(secretOf(RECORD, { name: 'r2' }))?.metadata.uid, uidOf(RECORD));
});

test('what is being uninstalled is being deleted', () => {
  const deleted = '2026-11-23T10:00:00.5Z';
  const going = releaseObject(secretOf(withInfo(RECORD, { status: 'uninstalling', deleted })));
  assert.equal(going?.metadata.deletionTimestamp, '2026-11-23T10:00:00Z');
  const kept = releaseObject(secretOf(withInfo(RECORD, { status: 'uninstalled', deleted })));
  assert.equal(kept?.metadata.deletionTimestamp, undefined);
  assert.equal(kept?.status?.deleted, deleted);
});

test('a revision is its Secret under another name', () => {
  const revision = revisionObject(secretOf({ ...RECORD, revision: 3 }));
  assert.equal(revision?.metadata.name, 'r1.v3');
  assert.equal(revision?.metadata.uid, 'uid-3');
  assert.equal(revision?.spec.releaseName, 'r1');
  assert.deepEqual(parseRevisionName('a.b.v12'), { name: 'a.b', revision: 12 });
  for (const name of ['web', 'web.v0', 'web.v', '.v1x', 'v1']) assert.equal(parseRevisionName(name), undefined);
});

test('tables say what helm list and helm history say', () => {
  const secret = secretOf(HELM_RECORD);
  const [release, revision] = [releaseObject(secret), revisionObject(secret)];
  assert.ok(release && revision);
  const chart = `${RECORD.chart?.metadata.name}-${RECORD.chart?.metadata.version}`;
  const app = RECORD.chart?.metadata.appVersion;
  assert.deepEqual(releaseTable.cells(release).slice(0, 5), [
    1,
    '2026-11-22 02:16:35.013772802 +0000 UTC',
    'deployed',
    chart,
    app,
  ]);
  assert.deepEqual(revisionTable.cells(revision).slice(0, 5), ['r1', 1, 'Sun Nov 22 02:16:35 2026', 'deployed', chart]);
  assert.equal(releaseTable.cells(release).length, releaseTable.columns.length);
  assert.equal(revisionTable.cells(revision).length, revisionTable.columns.length);
  const bare = releaseObject(secretOf({ ...RECORD, chart: undefined }));
  assert.ok(bare);
  assert.deepEqual(releaseTable.cells(bare).slice(3, 5), ['MISSING', 'MISSING']);
});

test('a damaged record is shown as what its labels say, with what is wrong', () => {
  const release = releaseObject(secretOf('bm90IGpzb24=', { version: '4' }));
  assert.equal(release?.metadata.name, 'r1');
  assert.deepEqual(release?.status, {
    revision: 4,
    status: 'unknown',
    description: `the release record in Secret ${RECORD.namespace}/sh.helm.release.v1.r1.v1 is damaged: the record is not JSON: ${jsonError('not json')}`,
  });
});

test('what is no record is none', () => {
  for (const labels of [{ owner: 'me' }, { version: '0' }, { version: 'x' }, { name: '' }]) {
    assert.equal(releaseObject(secretOf(HELM_RECORD, labels)), undefined);
  }
});

test('records that are kept elsewhere say where the objects are', () => {
  const elsewhere = releaseObject(secretOf({ ...RECORD, namespace: 'prod' }));
  assert.equal(elsewhere?.metadata.namespace, RECORD.namespace);
  assert.equal(elsewhere?.spec.targetNamespace, 'prod');
  assert.equal(releaseObject(secretOf(RECORD))?.spec.targetNamespace, undefined);
});

function jsonError(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
