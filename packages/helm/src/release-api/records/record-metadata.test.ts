/** Which records a request is about, before any of them is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, type Observed, parseLabelSelector } from '@kindred/machinery';
import fc from 'fast-check';
import { inHistoryOrder, newestOnly, type RecordMetadata, recordMetadata, recordsOf } from './record-metadata.ts';
import { selection } from './selection.ts';

function secret(name: string, labels: Readonly<Record<string, string>>): Observed<KubeObject> {
  const metadata = { name, namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, labels: { ...labels } } };
}

function record(name: string, revision: number, labels: Readonly<Record<string, string>> = {}): RecordMetadata {
  const stored = { owner: 'helm', name, version: String(revision), ...labels };
  const found = recordMetadata(secret(`sh.helm.release.v1.${name}.v${revision}`, stored));
  assert.ok(found);
  return found;
}

test('labels say what a record is, its name where they say no revision', () => {
  const { labels, ...rest } = record('web', 3, { createdAt: '1', modifiedAt: '2', team: 'a' });
  assert.deepEqual(rest, { namespace: 'default', name: 'web', revision: 3, secret: 'sh.helm.release.v1.web.v3' });
  assert.deepEqual(labels, { owner: 'helm', name: 'web', version: '3', team: 'a' });
  assert.equal(recordMetadata(secret('x.v12', { owner: 'helm', name: 'web' }))?.revision, 12);
  assert.equal(recordMetadata(secret('x', { owner: 'helm', name: 'web' })), undefined);
});

test('whatever name a client sends, it selects the records of that name or none', () => {
  const labels = { owner: 'helm', name: 'web', team: 'a', x: '' };
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('web', 'web,team=a', 'web,x', 'a),name in (web')), (name) => {
      assert.equal(parseLabelSelector(recordsOf(name)).matches(labels), name === 'web');
    }),
  );
  assert.ok(parseLabelSelector(recordsOf(undefined)).matches(labels));
});

test('of each release the newest; histories in the order of revisions', () => {
  const records = [record('web', 2), record('api', 1), record('web', 10), record('web', 9)];
  const shown = (all: readonly RecordMetadata[]) => all.map(({ name, revision }) => `${name} ${revision}`);
  assert.deepEqual(shown(newestOnly(records)), ['api 1', 'web 10']);
  assert.deepEqual(shown(inHistoryOrder(records)), ['api 1', 'web 2', 'web 9', 'web 10']);
});

test('selectors are those of the client, on names and labels', () => {
  const isWanted = (labelSelector: string, fieldSelector: string) =>
    selection({ labelSelector, fieldSelector }, ({ name }) => name)(record('web', 1, { team: 'a' }));
  assert.ok(isWanted('team=a', 'metadata.name=web'));
  assert.ok(isWanted('', 'status.status=deployed'), 'fields are for those who have read the record');
  assert.ok(!isWanted('team=b', ''));
  assert.ok(!isWanted('', 'metadata.name=api'));
});
