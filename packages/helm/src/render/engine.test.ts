import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GoMap } from '../go/value.ts';
import { DEFAULT_LIMITS } from '../template/limits.ts';
import { readYaml } from '../yaml/read.ts';
import { type EngineOptions, renderTemplates } from './engine.ts';

const options: EngineOptions = { time: { now: () => 0n, timeZone: 'UTC' } };

function render(source: string, values = '{}', more: Partial<EngineOptions> = {}): string {
  const data = new GoMap([['Values', readYaml(values)]]);
  const file = { name: 'web/templates/a.yaml', source, data, basePath: 'web/templates' };
  return renderTemplates([file], { ...options, ...more }).get(file.name) ?? '';
}

test('says which value was nil, and what may have been meant', () => {
  assert.throws(() => render('{{ .Values.image.rgistry.host }}', 'image: {registry: {host: h}}'), {
    name: 'RenderError',
    message:
      'web/templates/a.yaml:1:10\n' +
      '  executing "web/templates/a.yaml" at <.Values.image.rgistry.host>:\n' +
      '    nil pointer evaluating interface {}.host\n' +
      '  hint: .Values.image.rgistry is nil\n' +
      '  hint: did you mean .Values.image.registry?',
  });
});

test('stops templates that take too much', () => {
  const limits = { ...DEFAULT_LIMITS, steps: 10_000, outputCharacters: 10_000 };
  const endless = '{{ range until 100000 }}{{ $x := . }}{{ end }}';
  assert.throws(() => render(endless, '{}', { limits }), /take more steps than are allowed/);
  assert.throws(
    () => render('{{ range until 100 }}{{ repeat 1000 "x" }}{{ end }}', '{}', { limits }),
    /more text than is allowed/,
  );
  assert.throws(() => render('{{ repeat 1000000000 "x" }}'), /output length overflow/);
  assert.throws(
    () => render('{{ define "f" }}{{ template "f" . }}{{ end }}{{ template "f" . }}'),
    /nested too deeply|maximum template depth/,
  );
  assert.throws(
    () => render('{{ define "f" }}{{ include "f" . }}{{ end }}{{ include "f" . }}'),
    /nested reference name: f/,
  );
  assert.throws(() => render(`{{ ${'('.repeat(2000)}1${')'.repeat(2000)} }}`), /nesting deeper/);
  assert.throws(() => render('{{ tpl .Values.t . }}', 't: "{{ tpl .Values.t . }}"'), { name: 'RenderError' });
});

test('lets a program answer lookups', () => {
  const lookup: EngineOptions['lookup'] = (apiVersion, kind, namespace, name) =>
    new GoMap([['id', [apiVersion, kind, namespace, name].join(' ')]]);
  assert.equal(render('{{ (lookup "v1" "Pod" "ns" "x").id }}', '{}', { lookup }), 'v1 Pod ns x');
});

test('keeps keys that JavaScript treats specially apart', () => {
  const values = '{__proto__: {polluted: 1}, constructor: c, hasOwnProperty: h}';
  assert.equal(
    render(
      '{{ .Values.constructor }}{{ .Values.hasOwnProperty }}{{ .Values.toString }}{{ index .Values "__proto__" }}',
      values,
    ),
    'chmap[polluted:1]',
  );
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

/** The files that a file needs while it runs, itself included; without those that it loads later. */
function importsOf(root: string, file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/^(?:import|export)(?! type)[^;]*? from '(\.[^']*)';$/gm)) {
    importsOf(root, join(dirname(file), name), seen);
  }
  return seen;
}

test('the part for browsers imports nothing of Node', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url));
  const files = [...importsOf(root, 'template-entry.ts')];
  const offenders = files.filter((name) =>
    /from '(?:node:|@kindred\/|.*\/node\/)|\bBuffer\b|\bprocess\./.test(readFileSync(`${root}/${name}`, 'utf8')),
  );
  assert.ok(files.length > 50);
  assert.deepEqual(offenders, []);
});
