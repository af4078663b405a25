import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fn } from '../go/define-function.ts';
import { GoMap } from '../go/value.ts';
import { type EngineOptions, renderTemplates, type TemplateFile } from '../render/engine.ts';
import { RenderError } from '../render/render-error.ts';
import { readYaml } from '../yaml/read.ts';
import { TemplateCache } from './template-cache.ts';

/** Bodies that define what others include, change what they were given, ask the clock, or fail. */
const BODIES = [
  'text only',
  '{{ define "name" }}first {{ .Values.a }}{{ end }}x: {{ include "name" . }}',
  '{{ define "name" }}second {{ .Values.b | upper }}{{ end }}',
  '{{ define "name" }} {{ end }}y: {{ template "name" . }}',
  '{{ include "name" . }}{{ include "name" . | nindent 2 }}',
  '{{ tpl .Values.text . }}',
  '{{ tpl (printf "%s{{ define \\"inner\\" }}%d{{ end }}{{ template \\"inner\\" }}" .Values.text (len .Values.a)) . }}',
  '{{ $_ := set .Values "a" (printf "%s!" .Values.a) }}{{ .Values.a }}',
  '{{ range $i, $e := .Values.list }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $e }},{{ else }}none{{ end }}',
  '{{ with .Values.list }}{{ index . 0 }}{{ else }}{{ . }}{{ end }}',
  '{{ now | date "2006-01-02" }} {{ regexReplaceAll "a+" .Values.a "b" }} {{ getHostByName "host" }}',
  '{{ (lookup "v1" "Pod" "" .Values.a).kind }}',
  '{{ .Template.Name }} {{ block "more" . }}{{ .Values.b }}{{ end }}',
  '{{ define "web/templates/0.yaml" }}of itself or of another{{ end }}',
  '{{ define "web/templates/1.yaml" }}of itself or of another{{ end }}and more',
  '{{ required "must be there" .Values.missing }}',
  '{{ .Values.missing.deep }}',
  '{{ fail .Values.a }}',
  '{{ if }}',
  '{{ nofunction }}',
];

const chart = fc.array(fc.constantFrom(...BODIES), { minLength: 1, maxLength: 5 });
const render = fc.record({
  bodies: chart,
  values: fc.record({
    a: fc.constantFrom('aa', 'web', ''),
    b: fc.constantFrom('b', 'ünit'),
    text: fc.constantFrom('plain', '{{ .Values.a }}', '{{ include "name" . }}', '{{ tpl .Values.b . }}', '{{ broken'),
    list: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
  }),
  day: fc.integer({ min: 0, max: 20_000 }),
});

type Render = (typeof render extends fc.Arbitrary<infer Generated> ? Generated : never) & {
  readonly templates?: TemplateCache;
};

function outcome({ bodies, values, day, templates }: Render): unknown {
  const data = new GoMap([['Values', readYaml(JSON.stringify(values))]]);
  const files: TemplateFile[] = bodies.map((source, at) => {
    return { name: `web/templates/${at}.yaml`, source, data, basePath: 'web/templates' };
  });
  const options: EngineOptions = {
    time: { now: () => BigInt(day) * 86_400_000_000_000n, timeZone: 'UTC' },
    resolveHost: (name) => `${name}-${day}`,
    lookup: (_version, kind, _namespace, name) => new GoMap([['kind', `${kind} ${name} ${day}`]]),
    ...(templates === undefined ? {} : { templates }),
  };
  try {
    return [...renderTemplates(files, options)];
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return error.message;
  }
}

test('a render gives the same with a cache as without, whatever was rendered before, however little is kept', () => {
  fc.assert(
    fc.property(
      fc.array(render, { minLength: 2, maxLength: 8 }),
      fc.constantFrom(0, 2000, 1e7),
      (renders, maxBytes) => {
        const templates = new TemplateCache({ maxBytes });
        for (const each of renders) assert.deepEqual(outcome({ ...each, templates }), outcome(each));
      },
    ),
    { numRuns: 100 },
  );
});

test('parses what many files say once, and nothing again in a second render', () => {
  const templates = new TemplateCache();
  const asked: string[] = [];
  const knows = (name: string): boolean => asked.push(name) > 0;
  const source = '{{ define "n" }}{{ quote . }}{{ end }}';
  const first = templates.templates('a/templates/_n.tpl', source, knows);
  const second = templates.templates('b/templates/_n.tpl', source, knows);
  assert.deepEqual(asked, ['quote']);
  assert.equal(second.get('n')?.root, first.get('n')?.root);
  assert.equal(second.get('n')?.file, 'b/templates/_n.tpl');
  assert.deepEqual([...second.keys()], ['n', 'b/templates/_n.tpl']);
  const definesOther = '{{ define "b" }}b{{ end }}more';
  templates.templates('a', definesOther, () => true);
  assert.throws(() => templates.templates('b', definesOther, () => true), /multiple definition of template "b"/);
});

test('a function that takes other arguments keeps its steps to itself', () => {
  const templates = new TemplateCache();
  const run = (replacements: EngineOptions['replacements']): string | undefined => {
    const file = { name: 'a', source: '{{ upper "x" }}', data: new GoMap(), basePath: '' };
    const time = { now: () => 0n, timeZone: 'UTC' };
    return renderTemplates([file], { time, templates, ...(replacements === undefined ? {} : { replacements }) }).get(
      'a',
    );
  };
  assert.equal(run(undefined), 'X');
  assert.equal(run({ upper: fn(['any'], () => 'anything') }), 'anything');
  assert.equal(run({ upper: fn(['string'], () => 'replaced') }), 'replaced');
  assert.equal(run(undefined), 'X');
});

test('forgets what was used longest ago', () => {
  const one = new TemplateCache();
  one.templates('f', `{{ 1 }}`, () => true);
  const cost = one.bytes;
  assert.ok(cost > 0);
  const templates = new TemplateCache({ maxBytes: 3 * cost });
  const use = (digit: number): unknown => templates.templates('f', `{{ ${digit} }}`, () => true).get('f')?.root;
  const roots = [1, 2, 3].map(use);
  assert.equal(use(1), roots[0]);
  use(4);
  assert.equal(templates.size, 3);
  assert.equal(templates.bytes, 3 * cost);
  assert.equal(use(1), roots[0], 'used since');
  assert.notEqual(use(2), roots[1], 'made room');
  templates.templates('f', 'x'.repeat(4 * cost), () => true);
  assert.equal(templates.size, 3, 'what is larger than all of it is not kept');
});
