import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles } from '../../chart/load-files.ts';
import { GoMap } from '../../go/value.ts';
import { renderChart } from '../../render/render-chart.ts';
import { findingText, lintByRules, lintRules } from './rules.ts';

const encoder = new TextEncoder();
const CHART = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

function findings(files: Readonly<Record<string, string>>): string[] {
  const all = { 'Chart.yaml': CHART, ...files };
  const chart = loadChartFiles(Object.entries(all).map(([name, text]) => ({ name, data: encoder.encode(text) })));
  const release = { name: 'r', namespace: 'n', revision: 1, isUpgrade: false };
  const rendered = renderChart(chart, new GoMap(), { time: { now: () => 0n, timeZone: 'UTC' }, release });
  return lintByRules({ chart, chartYaml: all['Chart.yaml'], values: rendered.values, rendered }).map(findingText);
}

test('finds nothing wrong with a plain chart', () => {
  const files = {
    'values.yaml': 'replicas: 1\nimage: {tag: v1}\nextra: {}\n',
    'templates/a.yaml':
      'kind: Pod\nmetadata: {name: x}\nn: {{ .Values.replicas }}\nt: {{ .Values.image.tag }}\nx: {{ toYaml .Values.extra | nindent 2 }}\n',
  };
  assert.deepEqual(findings(files), []);
});

test('finds numbers that print with an exponent, unless they are converted', () => {
  const files = {
    'values.yaml': 'printed: 1000000\nconverted: 2000000\nsmall: 999999\nlist:\n- 3000000\n',
    'templates/a.yaml':
      'a: {{ .Values.printed }}\nb: {{ .Values.converted | int64 }}\nc: {{ .Values.small }}\nd: {{ join "," .Values.list }}\n',
  };
  assert.deepEqual(findings(files), [
    'values.yaml: list[0]: 3000000 prints as 3e+06 in templates; quote it, use "| int64", or render with --strict-numbers (large-number)',
    'values.yaml:1: printed: 1000000 prints as 1e+06 in templates; quote it, use "| int64", or render with --strict-numbers (large-number)',
  ]);
});

test('finds manifests for hooks that there are not', () => {
  const manifest = (hook: string): string =>
    `kind: Job\nmetadata:\n  name: x\n  annotations: {helm.sh/hook: "${hook}"}\n`;
  assert.deepEqual(
    findings({ 'templates/a.yaml': manifest('pre-instal, test'), 'templates/b.yaml': manifest('test') }),
    ['templates/a.yaml: Job x of web/templates/a.yaml is left out: there is no hook "pre-instal" (unknown-hook)'],
  );
});

test('finds versions that are numbers', () => {
  assert.deepEqual(findings({ 'Chart.yaml': `${CHART}appVersion: 1.10\n` }), [
    'Chart.yaml:4: appVersion 1.10 is a number and becomes 1.1; write "1.10" (app-version)',
  ]);
  assert.deepEqual(findings({ 'Chart.yaml': `${CHART}appVersion: "1.10"\n` }), []);
});

test('finds keys that become booleans, and keys that stand twice', () => {
  const files = {
    'values.yaml': 'on: 1\nsettings:\n  no: 2\n  "yes": 3\n  true: 4\n  a: 1\n  a: 2\n',
    'templates/a.yaml': 'kind: Pod\nmetadata: {name: p}\nx: 1\nx: {{ toJson .Values }}\n',
  };
  assert.deepEqual(findings(files), [
    'templates/a.yaml: Pod p has the key x twice, on lines 3 and 4 of the rendered document (duplicate-key)',
    'values.yaml:1: the key on becomes true; write "on" (boolean-key)',
    'values.yaml:3: the key no becomes false; write "no" (boolean-key)',
    'values.yaml:7: a stands here for the second time; line 6 has no effect (duplicate-key)',
  ]);
});

test('compares what is used with what is declared', () => {
  const files = {
    'values.yaml':
      'image:\n  tag: v1\n  unread: x\nother: 1\nfree: {}\nhosts: [a]\ntext: "{{ .Values.byText }}"\nbyText: 1\n',
    'templates/_h.tpl': '{{ define "tag" }}{{ .img.tag }}{{ end }}',
    'templates/a.yaml':
      'a: {{ include "tag" (dict "img" .Values.image) }}\nb: {{ .Values.imagee }}\nc: {{ .Values.free.any }}\n' +
      'd: {{ range .Values.hosts }}{{ . }}{{ end }}\ne: {{ tpl .Values.text . | quote }}\nf: {{ .Values.global }}\n',
  };
  assert.deepEqual(findings(files), [
    "templates/a.yaml:2: imagee is used, but values.yaml doesn't have it; did you mean image? (undeclared-value)",
    'values.yaml:3: image.unread is not used by any template (unused-value)',
    'values.yaml:4: other is not used by any template (unused-value)',
  ]);
});

test('finds idioms that hide errors', () => {
  const files = {
    'values.yaml': 'a: {b: 1}\nflag: false\n',
    'templates/a.yaml':
      'x:\n  {{ toYaml .Values.a | indent 2 }}\nf: {{ .Values.flag | default true }}\nt: {{ .Release.Time }}\ng: {{ default true .Values.flag }}\n',
  };
  assert.deepEqual(findings(files), [
    'templates/a.yaml:2: spaces before "indent" move the first line only; write {{- … | nindent … }} (template-idiom)',
    'templates/a.yaml:3: "default true" makes true of false too; ask with hasKey or compare with "eq … false" (template-idiom)',
    'templates/a.yaml:4: .Release.Time is empty since helm 3; use now (template-idiom)',
    'templates/a.yaml:5: "default true" makes true of false too; ask with hasKey or compare with "eq … false" (template-idiom)',
  ]);
});

test('every rule has a name of its own and says what it is for', () => {
  assert.equal(new Set(lintRules.map(({ name }) => name)).size, lintRules.length);
  for (const { description } of lintRules) assert.match(description, /\.$/);
});

test('finds dependencies out of their ranges, which are rendered whatever is set', () => {
  const dependencies = 'dependencies:\n- {name: db, version: ^2, repository: "", condition: db.enabled}\n';
  const files = {
    'Chart.yaml': CHART + dependencies,
    'values.yaml': 'db: {enabled: false}\n',
    'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
  };
  assert.deepEqual(
    findings(files).filter((text) => text.includes('dependency')),
    ['Chart.yaml: web > db: version 1.0.0 is not in the range ^2 (dependency-range)'],
  );
  const inRange = { ...files, 'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 2.0.0\n' };
  assert.deepEqual(
    findings(inRange).filter((text) => text.includes('dependency')),
    [],
  );
});
