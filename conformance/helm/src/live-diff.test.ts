/** What writing a release would change in a cluster, by dry runs: drift shows, defaults don't, nothing is written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import {
  buildResources,
  type Cluster,
  createKindMapper,
  createResources,
  diffLive,
  formatDiff,
  formatDiffJson,
  markOwned,
  summarizeDiff,
} from '@kindred/helm';
import { systemClock } from '@kindred/machinery';
import { httpCluster } from './http-cluster.ts';

const manifest = (color: string, more = ''): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {color: ${color}}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: "${color}-s3cret"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
${more}`;

test('a release against the cluster', async (t) => {
  const { client, recorded, requests } = await httpCluster(t);
  const mapper = createKindMapper(recorded);
  const cluster: Cluster = { client: recorded, mapper, namespace: 'default', clock: systemClock };
  const at = { namespace: 'default', name: 'web' };
  const owner = { name: 'r', namespace: 'default' };
  const old = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n';
  const originals = markOwned(await buildResources(cluster, manifest('red', old)), owner);
  assert.equal(summarizeDiff(await diffLive(cluster, originals)).added, 4);
  await createResources(cluster, originals, { serverSide: true });
  assert.equal(summarizeDiff(await diffLive(cluster, originals)).unchanged, 4);

  await client.mergePatch(ConfigMap, at, { data: { color: 'drifted', theirs: 'x' } }, { fieldManager: 'hand' });
  requests.length = 0;
  const targets = markOwned(await buildResources(cluster, manifest('red')), owner);
  const diff = await diffLive(cluster, targets, { originals });
  assert.deepEqual(summarizeDiff(diff), { added: 0, changed: 1, removed: 1, unchanged: 2, conflicts: 1 });
  const text = formatDiff(diff);
  assert.match(text, /^-  color: drifted\n\+  color: red\n   theirs: x$/m);
  assert.match(text, /^! \.data\.color is owned by "hand" using v1 \(fail\)$/m);
  assert.match(text, /^removed: ConfigMap default\/old, v1$/m);

  const blue = markOwned(await buildResources(cluster, manifest('blue')), owner);
  const hidden = formatDiff(await diffLive(cluster, blue));
  assert.match(hidden, /^\+  password: \(hidden, new value\)$/m);
  assert.doesNotMatch(hidden, /s3cret|czNjcmV0/);
  assert.ok(requests.every(({ method, path }) => method === 'GET' || path.includes('dryRun=All')));
  assert.equal((await client.get(ConfigMap, at)).data?.['color'], 'drifted');
  assert.equal((await client.get(Secret, at)).data?.['password'], Buffer.from('red-s3cret').toString('base64'));
  assert.equal((await client.get(Deployment, at)).metadata.generation, 1);

  const foreign = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: foreign}\n';
  await client.create(ConfigMap, { metadata: { namespace: 'default', name: 'foreign' } });
  const taking = markOwned(await buildResources(cluster, manifest('red', foreign)), owner);
  assert.match(
    formatDiff(await diffLive(cluster, taking, { originals, owner })),
    /^! not the release's: \.metadata: exists already: invalid ownership metadata; label validation error: missing key/m,
  );
  assert.equal(formatDiff(await diffLive(cluster, targets, { originals, owner })).includes('not the release'), false);
  const adopted = { originals: [...originals, ...taking], owner };
  assert.equal(formatDiff(await diffLive(cluster, taking, adopted)).includes('not the release'), false);

  const password = Buffer.from('hand-s3cret').toString('base64');
  await client.mergePatch(Secret, at, { data: { password } }, { fieldManager: 'hand' });
  const encoded = manifest('blue').replace(
    /stringData: .*/,
    `data: {password: ${Buffer.from('blue-s3cret').toString('base64')}}`,
  );
  const theirs = markOwned(await buildResources(cluster, encoded), owner);
  const contested = await diffLive(cluster, theirs);
  assert.equal(summarizeDiff(contested).conflicts, 2);
  for (const said of [formatDiff(contested), formatDiffJson(contested)]) {
    assert.doesNotMatch(said, /s3cret|czNjcmV0|aGFuZC1zM2NyZXQ|Ymx1ZS1zM2NyZXQ/);
  }
  assert.match(formatDiffJson(await diffLive(cluster, theirs, { showSecrets: true })), new RegExp(password));
});
