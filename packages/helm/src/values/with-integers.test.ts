import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles } from '../chart/load-files.ts';
import { manifestText, renderChart } from '../render/render-chart.ts';
import { mergeSources, type ValueSource } from './sources.ts';
import { withIntegers } from './with-integers.ts';

const encoder = new TextEncoder();
const files = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': 'big: 1000000\nexact: 9007199254740993\nfloat: 1.5\nwhole: 1.0\n8080: port\n',
  'templates/a.yaml':
    'a: {{ .Values.big }} {{ .Values.exact }} {{ .Values.float }} {{ .Values.whole }} {{ index .Values "8080" }} {{ .Values.given }}\n',
};
const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));

function render(strict: boolean): string {
  const sources: ValueSource[] = [{ kind: 'file', name: 'f.yaml', text: 'given: 2000000\n', integers: strict }];
  const release = { name: 'r', namespace: 'n', revision: 1, isUpgrade: false };
  const rendered = renderChart(strict ? withIntegers(chart) : chart, mergeSources(sources), {
    time: { now: () => 0n, timeZone: 'UTC' },
    release,
  });
  return manifestText(rendered).split('\n')[2] ?? '';
}

test('keeps integers when that is wanted, and is as helm otherwise', () => {
  assert.equal(render(false), 'a: 1e+06 9.007199254740992e+15 1.5 1 port 2e+06');
  assert.equal(render(true), 'a: 1000000 9007199254740993 1.5 1 port 2000000');
});
