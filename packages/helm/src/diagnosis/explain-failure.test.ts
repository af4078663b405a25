import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadChartFiles } from '../chart/load-files.ts';
import { renderChart } from '../render/render-chart.ts';
import { RenderError } from '../render/render-error.ts';
import { mergeSources, type ValueSource } from '../values/sources.ts';

const encoder = new TextEncoder();

const HELPERS = '{{- define "web.labels" -}}\napp: web\nversion: {{ .Values.image.tag }}\n{{- end }}\n';

function failureOf(
  templates: Readonly<Record<string, string>>,
  values: string,
  sources: readonly ValueSource[] = [],
  excerpts = true,
): RenderError {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': values,
    'templates/_h.tpl': HELPERS,
    ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}`, text])),
  };
  const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
  const release = { name: 'r', namespace: 'n', revision: 1, isUpgrade: false };
  try {
    const time = { now: () => 0n, timeZone: 'UTC' };
    renderChart(chart, mergeSources(sources), { time, release, sources, excerpts });
  } catch (error) {
    assert.ok(error instanceof RenderError, String(error));
    return error;
  }
  assert.fail('the chart renders');
}

test('goes from a broken line through include to the value and the file that gives it', () => {
  const error = failureOf(
    { 'a.yaml': 'kind: Pod\nlabels:\n  {{- include "web.labels" . | nindent 2 }}\nspec: {}\n' },
    'image:\n  tag: v1\n',
    [{ kind: 'file', name: 'prod.yaml', text: 'image:\n  tag: "a: b"\n' }],
  );
  assert.match(error.summary, /^YAML parse error on web\/templates\/a\.yaml: error converting YAML to JSON: yaml: /);
  assert.equal(
    error.message.slice(error.summary.length + 1),
    `  hint: line 4 of the rendered document:
      1 | kind: Pod
      2 | labels:
      3 |   app: web
    > 4 |   version: a: b
        |             ^
      5 | spec: {}
  hint: written by web/templates/a.yaml:3:7 <{{include "web.labels" . | nindent 2}}>
      web/templates/_h.tpl:3:1 in "web.labels"
  hint: and by web/templates/a.yaml:3:7 <{{include "web.labels" . | nindent 2}}>
      web/templates/_h.tpl:3:13 in "web.labels" <{{.Values.image.tag}}> with .Values.image.tag (prod.yaml:2)
  hint: the value on line 4 must be quoted: .Values.image.tag (prod.yaml:2); write {{ .Values.image.tag | quote }}`,
  );
});

test('finds the indentation that was meant', () => {
  const wrong = failureOf(
    {
      'a.yaml':
        'spec:\n  containers:\n    - name: x\n      env:\n  {{- toYaml .Values.env | nindent 5 }}\n      image: y\n',
    },
    'env:\n- name: A\n  value: b\n',
  );
  assert.match(
    wrong.message,
    /nindent 5 at web\/templates\/a\.yaml:5:7 doesn't fit .*; nindent 8 makes the document valid/,
  );
  const prefixed = failureOf({ 'a.yaml': 'spec:\n  x:\n    {{ toYaml .Values.l | indent 4 }}\n' }, 'l: {a: 1, b: 2}\n');
  assert.match(prefixed.message, /spaces before .* indent 4 .* at web\/templates\/a\.yaml:3:8 .* nindent 4 }}/);
  const line = failureOf({ 'a.yaml': 'spec:\n  a: 1\n   b: 2\n  c: 3\n' }, '{}');
  assert.match(line.message, /line 3 is indented by 3 spaces; with 2 the document is valid/);
});

test('finds the trim marker that has joined two lines', () => {
  const before = failureOf({ 'a.yaml': 'a: 1\n{{- if .Values.x -}}\nb: 2\n{{- end }}\nc: 3\n' }, 'x: true\n');
  assert.match(
    before.message,
    /{{- at web\/templates\/a\.yaml:2:1 removes the line break there, which joins two lines/,
  );
  const after = failureOf({ 'a.yaml': 'm:\n  a: {{ .Values.x -}}\n  b: 2\n' }, 'x: "y"\n');
  assert.match(after.message, /-}} at web\/templates\/a\.yaml:2:19 removes the line break/);
});

test('names tabs, missing spaces and open quotes', () => {
  assert.match(failureOf({ 'a.yaml': 'a:\n\tb: 1\n' }, '{}').message, /line 2 is indented with a tab/);
  assert.match(failureOf({ 'a.yaml': 'a: 1\nb:2\nc: 3\n' }, '{}').message, /line 2 has no space after the colon/);
  assert.match(failureOf({ 'a.yaml': 'a: "x\nb: 1\n' }, '{}').message, /line 1 has no " at its end/);
  assert.match(failureOf({ 'a.yaml': 'a: @x\n' }, '{}').message, /the value on line 1 must be quoted/);
});

test('says which key is missing, where its table stands and what is spelled alike', () => {
  const error = failureOf(
    { 'a.yaml': 'a: {{ .Values.image.rgistry.host }}\n' },
    'x: 1\nimage:\n  registry: {host: h}\n',
  );
  assert.deepEqual(error.hints, [
    '.Values.image.rgistry: there is no rgistry in .Values.image (web/values.yaml:2), which has registry',
    'did you mean .Values.image.registry (web/values.yaml:3)?',
  ]);
  const scalar = failureOf({ 'a.yaml': 'a: {{ .Values.image.tag.x }}\n' }, '{}', [
    { kind: 'set', text: 'image.tag=1' },
  ]);
  assert.deepEqual(scalar.hints, ['.Values.image.tag (--set image.tag) is no table, its type is integer']);
});

test('says that a null has removed a table', () => {
  const error = failureOf({ 'a.yaml': 'a: {{ .Values.image.tag }}\n' }, 'image: {tag: v1}\n', [
    { kind: 'file', name: 'prod.yaml', text: 'x: 1\nimage: null\n' },
  ]);
  assert.deepEqual(error.hints, ['.Values.image is removed by null (prod.yaml:2)']);
});

test('finds the line of a values file for what fails inside tpl', () => {
  const text = 'x: 1\ntext: |\n  hello\n  a: {{ .Values.nope.tag }}\n';
  const failing = failureOf({ 'a.yaml': 'a: b\n{{ tpl .Values.text . }}\n' }, text);
  assert.deepEqual(failing.hints, [
    'the text given to tpl is a value: web/values.yaml:4, line 2:14 of .Values.text',
    '.Values.nope: there is no nope among the values',
  ]);
  const broken = failureOf({ 'a.yaml': 'a: b\n{{ tpl .Values.text . }}\n' }, 'text: |\n  b: 1\n  c: {{ 1 }}: d\n');
  assert.match(broken.message, /web\/values\.yaml:3, line 2:1 of \.Values\.text/);
  const unparsed = failureOf({ 'a.yaml': '{{ tpl .Values.text . }}\n' }, 'text: "{{ nope }}"\n');
  assert.match(unparsed.message, /the text given to tpl is a value: web\/values\.yaml:1/);
});

test('tells of all files, not only of the first', () => {
  const error = failureOf(
    {
      'a.yaml': 'a: {{ .Values.nope.x }}\n',
      'b.yaml': 'a: b: c\n---\nok: 1\n---\n  a: 1\n b: 2\n',
      'c.yaml': '{{ fail "no" }}\n',
      'd.yaml': '{{ nofunc }}\n',
      'e.yaml': 'fine: {{ .Values.image.tag }}\n',
    },
    'image: {tag: v1}\n',
  );
  assert.match(error.summary, /^parse error at \(web\/templates\/d\.yaml:1\)/);
  assert.deepEqual(
    error.others.map(({ file }) => file).sort(),
    ['a', 'b', 'b', 'c'].map((name) => `web/templates/${name}.yaml`),
  );
  assert.match(error.message, /hint: there are 4 more problems:/);
  assert.doesNotMatch(error.message, /trace/);
});

test('shows nothing of what a Secret holds', () => {
  const secret =
    'apiVersion: v1\nkind: Secret\nstringData:\n  user: {{ .Values.user }}\n  other: hunter2\n  key: |\n    line3\n';
  const error = failureOf({ 'a.yaml': secret }, 'user: "joe: pw1"\n');
  assert.doesNotMatch(error.message, /joe|pw1|hunter2|line3/);
  assert.match(error.message, /> 4 \| {3}user: \*\*\*: \*\*\*\n/);
  assert.match(error.message, /2 \| kind: Secret\n/);
});

test('shows no rendered text when that is not wanted', () => {
  const error = failureOf({ 'a.yaml': 'kind: Pod\na: {{ .Values.user }}\n' }, 'user: "joe: pw1"\n', [], false);
  assert.doesNotMatch(error.message, /joe|pw1/);
  assert.deepEqual(error.hints, [
    'line 2, column 7, of the rendered document',
    'written by web/templates/a.yaml:2:1',
    'and by web/templates/a.yaml:2:7 <{{.Values.user}}> with .Values.user (web/values.yaml:1)',
    'the value on line 2 must be quoted: .Values.user (web/values.yaml:1); write {{ .Values.user | quote }}',
  ]);
});

test('leaves a render that takes too much alone', () => {
  const files = [{ name: 'Chart.yaml', text: 'apiVersion: v2\nname: web\nversion: 1.0.0\n' }];
  const endless = { name: 'templates/a.yaml', text: '{{ range until 100000 }}{{ $x := . }}{{ end }}' };
  const chart = loadChartFiles([...files, endless].map(({ name, text }) => ({ name, data: encoder.encode(text) })));
  const limits = { steps: 1000, outputCharacters: 1000, depth: 100 };
  const release = { name: 'r', namespace: 'n', revision: 1, isUpgrade: false };
  assert.throws(
    () => renderChart(chart, mergeSources([]), { time: { now: () => 0n, timeZone: 'UTC' }, release, limits }),
    { message: 'web/templates/a.yaml: the templates take more steps than are allowed' },
  );
});

const pieces = fc.constantFrom(
  'kind: A\n',
  '  b: {{ .Values.text }}\n',
  'c: {{ .Values.nope.x }}\n',
  '\td: 1\n',
  '{{ include "web.labels" . | nindent 3 }}\n',
  'e: "{{ tpl .Values.template . }}\n',
  '{{ range .Values.list }}\n- {{ . }}\n{{ end }}',
  '{{ toYaml .Values | indent 2 }}\n',
  '{{ template "web.labels" . }}\n',
  '---\n',
  'f: [\n',
  '{{ fail "no" }}',
  '{{ index .Values.list 7 }}',
  '{{ .Values.text.x }}',
  '{{ required "give it" .Values.empty }}',
  '{{ $x := .Values.map }}{{ $x.a.b.c }}',
  '{{ if }}',
);

test("never changes helm's message, whatever fails", () => {
  const values =
    'text: "a: b"\ntemplate: "{{ .Values.text }}"\nlist: ["x: y: z", b]\nmap: {a: 1}\nempty:\nimage: {tag: v1}\n';
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 6 }), fc.array(pieces, { maxLength: 6 }), (first, second) => {
      const files = {
        'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
        'values.yaml': values,
        'templates/_h.tpl': HELPERS,
        'templates/a.yaml': first.join(''),
        'templates/b.yaml': second.join(''),
      };
      const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
      const release = { name: 'r', namespace: 'n', revision: 1, isUpgrade: false };
      const outcome = (explain: boolean): unknown => {
        try {
          return renderChart(chart, mergeSources([]), { time: { now: () => 0n, timeZone: 'UTC' }, release, explain });
        } catch (error) {
          return error;
        }
      };
      const [plain, explained] = [outcome(false), outcome(true)];
      if (!(plain instanceof RenderError)) return assert.ok(!(explained instanceof Error));
      assert.ok(explained instanceof RenderError, String(explained));
      assert.equal(explained.summary, plain.summary);
      assert.ok(explained.message.startsWith(plain.summary));
      assert.doesNotMatch(explained.message, /trace \w+ \d/);
    }),
    { numRuns: 300 },
  );
});
