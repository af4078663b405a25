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

test('a chart with large files', { timeout: 60_000 }, async (t) => {
  const both = await programs(t);
  const chart = await both.chart('big', { ...SMALL, 'files/blob.txt': blob });
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
