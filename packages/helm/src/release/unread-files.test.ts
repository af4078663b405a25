import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadChartFiles } from '../chart/load-files.ts';
import { GoMap } from '../go/value.ts';
import { renderChart } from '../render/render-chart.ts';
import { UNREAD_BYTES, withoutUnreadFiles } from './unread-files.ts';

const encoder = new TextEncoder();
const release = { name: 'web', namespace: 'default', revision: 1, isUpgrade: false };

function chartOf(files: Readonly<Record<string, string>>) {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', ...files };
  return loadChartFiles(Object.entries(all).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

function readBy(template: string): string[] {
  const conf = { 'conf/a.txt': 'a', 'conf/b.txt': 'b', 'conf/c.md': 'c', 'README.md': 'r' };
  const chart = chartOf({
    ...conf,
    'templates/a.yaml': template,
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/conf/a.txt': 'sub',
    'charts/sub/templates/s.yaml': '# {{ .Files.Get "conf/a.txt" }}',
  });
  const time = { now: () => 0n, timeZone: 'UTC' };
  return [...renderChart(chart, new GoMap(), { time, release }).filesRead].sort();
}

test('a render tells which files of the chart its templates read', () => {
  assert.deepEqual(readBy('# {{ .Release.Name }} {{ len .Files }}'), [], "its dependencies' own are others");
  assert.deepEqual(readBy('# {{ .Files.Get "conf/a.txt" }}'), ['conf/a.txt']);
  assert.deepEqual(readBy('# {{ .Files.Get (printf "conf/%s.txt" "b") }}'), ['conf/b.txt']);
  assert.deepEqual(readBy('# {{ range .Files.Lines "conf/a.txt" }}{{ . }}{{ end }}'), ['conf/a.txt']);
  assert.deepEqual(readBy('# {{ len (.Files.GetBytes "conf/c.md") }}'), ['conf/c.md']);
  assert.deepEqual(readBy('# {{ (.Files.Glob "conf/*.txt").AsConfig | quote }}'), ['conf/a.txt', 'conf/b.txt']);
  assert.deepEqual(readBy('# {{ (.Files.Glob "conf/*.md").AsSecrets | quote }}'), ['conf/c.md']);
  assert.deepEqual(readBy('# {{ range $name, $_ := .Files.Glob "*.md" }}{{ $name }}{{ end }}'), ['README.md']);
  assert.deepEqual(readBy('# {{ index .Files "conf/a.txt" | toString }}'), ['conf/a.txt']);
  assert.deepEqual(readBy('# {{ $.Subcharts.sub.Files.Get "conf/b.txt" }}'), []);
  assert.deepEqual(readBy('# {{ .Files.Get "nowhere" }}'), []);
});

test('keeps what was read, whatever its size, and of the rest what is small', () => {
  const chart = chartOf({
    'README.md': 'r'.repeat(60_000),
    LICENSE: 'l'.repeat(11_000),
    'crds/big.yaml': 'c'.repeat(900_000),
    'conf/big.txt': 'b'.repeat(500_000),
    'templates/a.yaml': 'x',
  });
  const trimmed = withoutUnreadFiles(chart, new Set(['conf/big.txt']));
  assert.deepEqual(trimmed.chart.files.map(({ name }) => name).sort(), ['LICENSE', 'conf/big.txt']);
  assert.deepEqual(
    trimmed.left.map(({ name }) => name),
    ['README.md', 'crds/big.yaml'],
  );
  assert.equal(trimmed.chart.templates, chart.templates);
  const small = chartOf({ 'README.md': 'r'.repeat(UNREAD_BYTES) });
  assert.equal(withoutUnreadFiles(small, new Set()).chart, small, 'untouched');
});

test('never drops what was read, keeps the order, and stays within the allowance', () => {
  const files = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), size: fc.nat(50), read: fc.boolean() }), {
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(files, fc.nat(120), (described, allowed) => {
      const stored = described.map(({ name, size }) => ({ name, data: new Uint8Array(size) }));
      const read = new Set(described.filter((file) => file.read).map(({ name }) => name));
      const { chart, left } = withoutUnreadFiles({ ...chartOf({}), files: stored }, read, allowed);
      assert.deepEqual(
        chart.files,
        stored.filter((file) => !left.includes(file)),
      );
      assert.ok(left.every(({ name }) => !read.has(name)));
      const unread = chart.files.filter(({ name }) => !read.has(name)).reduce((sum, { data }) => sum + data.length, 0);
      assert.ok(unread <= allowed);
      assert.ok(
        left.every(({ data }) => unread + data.length > allowed),
        'nothing that fits is left out',
      );
    }),
  );
});
