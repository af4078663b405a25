/** Charts whose record doesn't fit into a Secret: the real helm can't install them, but can work with what we installed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { getRelease, install, loadDirectory, readValues } from '@kindred/helm';
import { programs } from './release-programs.ts';

const SMALL = {
  'Chart.yaml': 'apiVersion: v2\nname: big\nversion: 1.0.0\n',
  'values.yaml': 'color: blue\n',
  'templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {color: {{ .Values.color }}}\n',
};
const blob = randomBytes(850_000).toString('base64');
/** A template that reads a file, which the record then keeps. */
const reader = '{{ if not (.Files.Get "files/blob.txt") }}x{{ end }}';

test('a chart with large files', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const chart = await both.chart('big', { ...SMALL, 'files/blob.txt': blob, 'templates/reader.yaml': reader });
  assert.match(await both.helm.install('web', chart), /Too long/);
  // What the failed attempt leaves: nothing but what came before the record.
  const reports: string[] = [];
  await install(
    { ...both.context(), report: (event) => reports.push(event.type) },
    { name: 'web', chart: await loadDirectory(chart), values: readValues('{}', 'v') },
  );
  assert.ok(reports.includes('record-size'), 'the size is told before anything is applied');
  assert.match((await both.cluster.helm('list')).stdout, /^web\s+default\s+1\s.*deployed\s+big-1\.0\.0/m);
  const whole = await getRelease(both.context(), { name: 'web', revision: 1 });
  assert.equal(Buffer.from(whole.chart?.files[0]?.data ?? []).toString(), blob);

  assert.equal(await both.ours.upgrade('web', chart, { set: 'color=red' }), '');
  assert.equal(await both.helm.rollback('web', 1), '');
  const map = await both.cluster.client.get(ConfigMap, { namespace: 'default', name: 'map' });
  assert.equal(map.data?.['color'], 'blue');
  assert.equal(await both.ours.rollback('web', 2), '');
  const again = await getRelease(both.context(), { name: 'web', revision: 4 });
  assert.equal(again.chart?.files.length, 1, 'a rollback takes the files along');
  assert.equal(await both.helm.uninstall('web'), '');
  const left = (await both.cluster.client.list(Secret, { namespace: 'default' })).items;
  // Chunks go with the record that owns them, by the garbage collector, which doesn't run here.
  assert.ok(left.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'Secret'));
});

test('a manifest that is too large is refused before anything is applied', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const values = {
    ...SMALL,
    'files/blob.txt': blob,
    'templates/big.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {a: "{{ .Files.Get "files/blob.txt" }}"}\n',
  };
  const error = await both.ours.install('web', await both.chart('big', values));
  assert.match(error, /^release web can't be stored: record of \d+\.\d KiB, limit 1024\.0 KiB; its largest parts:\n/);
  assert.match(error, /KiB {2}files\/blob\.txt/);
  assert.deepEqual((await both.cluster.client.list(ConfigMap, { namespace: 'default' })).items, []);
});

test('files that no template reads are left out of the record, and helm works with it', {
  timeout: 60_000,
}, async (t) => {
  const both = await programs(t);
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Thing, plural: things }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`;
  const chart = await both.chart('big', {
    ...SMALL,
    'README.md': blob,
    LICENSE: 'free',
    'crds/thing.yaml': `${crd}# ${'x'.repeat(100_000)}\n`,
    'conf/read.txt': 'r'.repeat(100_000),
    'templates/reader.yaml': '{{ if not (.Files.Glob "conf/*").AsConfig }}x{{ end }}',
  });
  const told: string[] = [];
  await install(
    { ...both.context(), report: (event) => event.type === 'debug' && told.push(event.message) },
    { name: 'web', chart: await loadDirectory(chart), values: readValues('{}', 'v') },
  );
  const size = Buffer.byteLength(blob);
  assert.ok(
    told.includes(
      `the record leaves out what no template reads: crds/thing.yaml (${Buffer.byteLength(crd) + 100_003} bytes), ` +
        `README.md (${size} bytes)`,
    ),
    told.join('\n'),
  );
  const first = await getRelease(both.context(), { name: 'web', revision: 1 });
  assert.deepEqual(
    first.chart?.files.map(({ name }) => name),
    ['LICENSE', 'conf/read.txt'],
  );
  assert.match((await both.cluster.helm('history', 'web')).stdout, /^1\s.*deployed\s+big-1\.0\.0/m);
  assert.match((await both.cluster.helm('get', 'all', 'web')).stdout, /color: blue/);
  const small = await both.chart('small', SMALL);
  assert.equal(await both.helm.upgrade('web', small, { reuseValues: true, set: 'color=red' }), '');
  assert.equal(await both.helm.rollback('web', 1), '');
  assert.equal(await both.ours.upgrade('web', chart, { reuseValues: true }), '');
  assert.equal(await both.ours.rollback('web', 2), '');
  assert.equal(await both.helm.rollback('web', 4), '');
  const map = await both.cluster.client.get(ConfigMap, { namespace: 'default', name: 'map' });
  assert.equal(map.data?.['color'], 'blue');
  assert.equal(await both.helm.uninstall('web'), '');
  assert.deepEqual((await both.cluster.client.list(Secret, { namespace: 'default' })).items, []);
});
