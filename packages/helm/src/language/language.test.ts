import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lex } from '../template/lex.ts';
import { valuePathText } from '../values/value-path.ts';
import { completions, definitions, describe, projectProblems } from './chart-language.ts';
import { openProject, type Project } from './chart-project.ts';
import { rangeOfPlace, sourceText } from './source-text.ts';
import { scopeAfter } from './template-scope.ts';
import { readValuesDocument } from './values-document.ts';
import { keysBeside, tableOfLine } from './values-outline.ts';

const encoder = new TextEncoder();
const PROVIDERS = { time: { now: () => 0n, timeZone: 'UTC' } };

function project(files: Readonly<Record<string, string>>, previous?: Project): Project {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', ...files };
  const list = Object.entries(all).map(([name, text]) => ({ name, data: encoder.encode(text) }));
  return openProject(list, { previous });
}

test('a line of YAML belongs to the table that its indentation says', () => {
  const lines = 'a:\n  b:\n    c: 1\n    \n  hosts:\n  - name: x\n    paths:\n    - /\n    \n  -\n    \nd:\n- \n'.split(
    '\n',
  );
  const at = (line: number): string => valuePathText(tableOfLine(lines, line));
  assert.deepEqual([0, 2, 3, 5, 6, 8, 10, 12].map(at), [
    '',
    'a.b',
    'a.b',
    'a.hosts[0]',
    'a.hosts[0]',
    'a.hosts[0]',
    'a.hosts[0]',
    'd[0]',
  ]);
  assert.deepEqual(keysBeside(lines, 8).sort(), ['name', 'paths']);
});

test('keys of a values file are found by path and by position', () => {
  const document = readValuesDocument('a:\n  "b.c": &x {d: 1}\n  e: *x\nlist:\n- one\n- f: 2\n');
  const found = (line: number, character: number) => {
    const key = document.at({ line, character });
    return key === undefined
      ? undefined
      : `${valuePathText(key.path)} ${key.range.start.line}:${key.range.start.character}-${key.range.end.character}`;
  };
  assert.equal(found(1, 4), 'a.b\\.c 1:2-7');
  assert.equal(found(1, 14), 'a.b\\.c.d 1:13-14');
  assert.equal(found(4, 3), 'list[0] 4:2-5');
  assert.equal(found(5, 3), 'list[1].f 5:2-3');
  assert.equal(document.rangeOf(['a', 'nope']), undefined);
});

test('the dot and variables are followed through with, range, else and definitions', () => {
  const scope = (text: string): string => {
    const { dot, variables } = scopeAfter(lex(text));
    const shown = (each: typeof dot): string =>
      each.kind === 'values' ? `.Values ${valuePathText(each.path)}` : each.kind;
    return [
      shown(dot),
      ...[...variables].filter(([name]) => name !== '$').map(([name, each]) => `${name}=${shown(each)}`),
    ].join(' ');
  };
  assert.equal(scope('{{ with .Values.a }}{{ range .b }}'), '.Values a.b[0]');
  assert.equal(scope('{{ with .Values.a }}{{ else }}'), 'root');
  assert.equal(scope('{{ with .Values.a }}{{ else with .Values.b }}'), '.Values b');
  assert.equal(scope('{{ with .Values.a }}{{ end }}'), 'root');
  assert.equal(scope('{{ range $i, $x := .Values.list }}'), '.Values list[0] $x=.Values list[0] $i=unknown');
  assert.equal(scope('{{ $x := .Values.a }}{{ if $x.b }}'), 'root $x=.Values a');
  assert.equal(scope('{{ with .Values.a | default dict }}'), 'unknown');
  assert.equal(scope('{{ $x := 1 }}{{ define "a" }}'), 'root');
  assert.equal(scope('{{ with .Values.a }}{{ $.Values.b'), '.Values a');
});

test('places of messages, which count bytes, become ranges in UTF-16', () => {
  const source = sourceText('a\né {{ .Values.a.b }} x\n');
  assert.deepEqual(rangeOfPlace(source, 2, 13, '.Values.a.b'), {
    start: { line: 1, character: 5 },
    end: { line: 1, character: 16 },
  });
  assert.deepEqual(rangeOfPlace(source, 9, 0, ''), {
    start: { line: 2, character: 0 },
    end: { line: 2, character: 0 },
  });
});

test('members of items come from the items of the chart and from the templates', () => {
  const opened = project({
    'values.yaml': 'hosts:\n- name: x\n  paths: []\n',
    'templates/a.yaml': '{{ range .Values.hosts }}{{ .tls }}{{ . }}{{ end }}',
    'my-values.yaml': 'hosts:\n- name: y\n  \n',
  });
  const labels = (file: string, line: number, character: number): string =>
    completions(opened, file, { line, character })
      .map(({ label }) => label)
      .join();
  assert.equal(labels('my-values.yaml', 2, 2), 'paths,tls');
  assert.equal(labels('templates/a.yaml', 0, 29), 'name,paths,tls');
});

test('templates that grow without end are given up', () => {
  const growing = [
    '{{ $l := list 1 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}',
    '{{ $l := "a" }}{{ range until 40 }}{{ $l = cat $l $l }}{{ end }}',
    '{{ $l := repeat 60 (repeat 100000 "a") }}{{ range until 90000 }}{{ $u := upper $l }}{{ end }}',
    '{{ join (repeat 100000 "x") (until 100000) }}',
    '{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}',
    '{{ range until 9000000 }}{{ end }}',
  ];
  for (const text of growing) {
    const found = projectProblems(project({ 'values.yaml': '', 'templates/a.yaml': text }), PROVIDERS);
    const [first] = found.filter(({ code }) => code === 'render');
    assert.match(first?.message ?? '', /more (?:text|values|than)/, text);
  }
});

test('a byte order mark is no part of the first line', () => {
  const document = readValuesDocument('\ufeffa: 1\nb: 2\n');
  assert.equal(document.problem, undefined);
  assert.deepEqual(document.rangeOf(['a']), { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } });
});

test('what can not be read keeps its last readable text', () => {
  const before = project({ 'values.yaml': 'image: {tag: a}\n', 'templates/a.yaml': 'x: {{ .Values.image.tag }}\n' });
  const broken = project(
    { 'values.yaml': 'image: {tag: a\nb', 'templates/a.yaml': 'x: {{ .Values.image. }}\n' },
    before,
  );
  const labels = completions(broken, 'templates/a.yaml', { line: 0, character: 20 }).map(({ label }) => label);
  assert.deepEqual(labels, ['tag']);
  const nameless = project({ 'Chart.yaml': '{', 'values.yaml': 'image: {tag: a}\n' }, before);
  assert.equal(nameless.root?.chart.metadata.name, 'web');
  assert.ok(projectProblems(nameless, PROVIDERS).some(({ file, code }) => file === 'Chart.yaml' && code === 'chart'));
});

test('a schema that can not be used is named', () => {
  const found = projectProblems(project({ 'values.yaml': 'a: 1\n', 'values.schema.json': '{"type": 5}' }), PROVIDERS);
  assert.ok(
    found.some(({ file, code }) => file === 'values.schema.json' && code === 'schema'),
    JSON.stringify(found),
  );
});

test('other files of YAML are no values', () => {
  const files = {
    'values.yaml': 'image: x\n',
    'files/config.yaml': 'image: {a: 1}\nlevel: 1\nport: 2\n',
    'templates/a.yaml': 'x: {{ .Values.image }}\n',
  };
  assert.deepEqual(projectProblems(project(files), PROVIDERS), []);
});

const pieces = [
  '{{',
  '}}',
  ' ',
  '\n',
  '.Values',
  '.a',
  '.',
  '$x',
  ':=',
  '|',
  '"',
  '`',
  '(',
  ')',
  'range',
  'with',
  'end',
  'else',
  'define',
  'include',
  'a',
  ':',
  '- ',
  '  ',
  '[',
  '{',
  '&',
  '*',
  '1e9',
  '/*',
  '\t',
  'é',
  '😀',
  '\ufeff',
  '\r',
];

test('no text of a file makes an answer fail', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((each) => each.join(''));
  const position = fc.record({ line: fc.nat(12), character: fc.nat(60) });
  fc.assert(
    fc.property(text, text, position, (values, template, at) => {
      const files = {
        'values.yaml': values,
        'prod-values.yaml': template,
        'templates/a.yaml': template,
        'templates/_b.tpl': values,
      };
      const opened = project(files);
      for (const problem of projectProblems(opened, PROVIDERS))
        assert.ok(problem.range.start.line >= 0, problem.message);
      for (const file of Object.keys(files)) {
        completions(opened, file, at);
        describe(opened, file, at);
        definitions(opened, file, at);
      }
    }),
    { numRuns: 80 },
  );
});
