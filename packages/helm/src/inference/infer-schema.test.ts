import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Chart } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { validateValues } from '../values-schema/validate-values.ts';
import { inferSchema } from './infer-schema.ts';
import { typescriptTypes, valuesTypeName } from './typescript-types.ts';
import { unknownKeys, unknownKeyText } from './unknown-keys.ts';

const encoder = new TextEncoder();

function chartOf(
  values: string,
  templates: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
) {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': values,
    ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}`, text])),
    ...more,
  };
  return loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

function acceptsOwnValues(chart: Chart): void {
  const schema = encoder.encode(JSON.stringify(inferSchema(chart)));
  validateValues({ ...chart, schema, dependencies: [] }, chart.values);
}

const VALUES = `# -- How many pods
replicas: 2
image:
  # -- (string) Where it comes from
  repository: nginx
  tag: ""
## @param debug [boolean] More output
debug: false
# @schema
# type: string
# enum: [small, large]
# @schema
size: small
mode: a # @schema minLength:1;maxLength: 5
# labels of all objects
labels: {}
hosts: [one]
text: ""
options:
  known: 1
unset:
unused: 1
`;

const TEMPLATES = {
  '_h.tpl': '{{ define "image" }}{{ .root.repository }}:{{ .root.tag | default "x" }}{{ end }}',
  'a.yaml': `replicas: {{ int .Values.replicas }}
image: {{ include "image" (dict "root" .Values.image) }}
{{- if .Values.debug }}
debug: {{ .Values.mode | upper }} {{ .Values.size }}
{{- end }}
labels: {{ toYaml .Values.labels }}
{{ range .Values.hosts }}- {{ . | quote }}{{ end }}
{{ tpl .Values.text . }}
{{ .Values.options.known }} {{ .Values.undeclared | trunc 3 }}
{{ with .Values.unset }}{{ .deep }}{{ end }}
`,
};

test('infers types from defaults, comments and uses', () => {
  const schema = inferSchema(chartOf(VALUES, TEMPLATES));
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.properties, {
    replicas: { description: 'How many pods', type: 'integer', default: 2 },
    image: {
      type: 'object',
      properties: {
        repository: { description: 'Where it comes from', type: 'string', default: 'nginx' },
        tag: { type: ['string', 'number'], default: '' },
      },
      additionalProperties: false,
    },
    debug: { description: 'More output', type: 'boolean', default: false },
    size: { type: 'string', default: 'small', enum: ['small', 'large'] },
    mode: { type: 'string', default: 'a', minLength: 1, maxLength: 5 },
    labels: { description: 'labels of all objects', type: 'object', additionalProperties: true },
    hosts: { type: 'array', items: { type: 'string' }, default: ['one'] },
    text: { default: '' },
    options: {
      type: 'object',
      properties: { known: { type: 'number', default: 1 } },
      additionalProperties: false,
    },
    unset: { type: ['object', 'null'], additionalProperties: true, default: null },
    unused: { type: 'number', default: 1 },
    undeclared: { type: ['string', 'null'] },
    global: { type: 'object', additionalProperties: true },
  });
});

test('describes dependencies under their names', () => {
  const chart = chartOf(
    'db: {size: 2}\n',
    { 'a.yaml': '{{ .Values.db.host }}' },
    {
      'Chart.yaml':
        'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.x, condition: db.enabled}\n',
      'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'charts/db/values.yaml': 'user: root\n',
      'charts/db/templates/a.yaml': 'u: {{ .Values.user }}',
    },
  );
  const db = inferSchema(chart).properties?.['db'];
  assert.deepEqual(Object.keys(db?.properties ?? {}).sort(), ['enabled', 'global', 'host', 'size', 'user']);
  assert.equal(db?.additionalProperties, false);
});

const key = fc.constantFrom('a', 'b', 'c', 'x y');
const { tree } = fc.letrec<{ tree: unknown; member: unknown }>((tie) => ({
  tree: fc.dictionary(key, tie('member'), { maxKeys: 4 }),
  member: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(fc.oneof(fc.integer(), fc.string(), fc.dictionary(key, fc.integer())), { maxLength: 3 }),
    tie('tree'),
  ),
}));
const use = fc.constantFrom(
  '{{ .Values.a }}',
  '{{ .Values.a.b }}',
  '{{ int .Values.b }}',
  '{{ upper .Values.b }}',
  '{{ range .Values.c }}{{ .a }}{{ end }}',
  '{{ toYaml .Values.a }}',
  '{{ join "," .Values.c }}',
  '{{ with .Values.a }}{{ .b.c | quote }}{{ end }}',
  '{{ if kindIs "map" .Values.c }}x{{ end }}',
  '{{ eq .Values.a "x" }}',
  '{{ (index .Values "x y").a }}',
);

test("accepts the chart's own values, whatever its templates do", () => {
  fc.assert(
    fc.property(tree, fc.array(use, { maxLength: 4 }), (values, uses) => {
      acceptsOwnValues(chartOf(JSON.stringify(values), { 'a.yaml': uses.join('\n') }));
    }),
    { numRuns: 200 },
  );
});

function complaints(given: string, values = VALUES): string[] {
  const chart = chartOf(values, TEMPLATES);
  return unknownKeys(chart, [{ kind: 'file', name: 'prod.yaml', text: given }]).map(unknownKeyText);
}

test('names keys that the chart does not know, with what may have been meant', () => {
  assert.deepEqual(complaints('image:\n  tga: v1\n'), ['the chart has image.tag, you wrote image.tga (prod.yaml:2)']);
  assert.deepEqual(complaints('nothingLikeIt: 1\n'), ['the chart has no nothingLikeIt (prod.yaml:1)']);
  assert.deepEqual(complaints('labels: {any: x}\nreplicas: 1\nglobal: {x: 1}\nunset: {deep: 1, more: 2}\n'), []);
});

test('only suspects what is spelled alike where templates take the whole table', () => {
  const chart = chartOf('options: {logLevel: info}\n', { 'a.yaml': '{{ toYaml .Values.options }}' });
  const check = (text: string): string[] => unknownKeys(chart, [{ kind: 'set', text }]).map(unknownKeyText);
  assert.deepEqual(check('options.logLevle=debug'), [
    'the chart has options.logLevel, you wrote options.logLevle (--set options.logLevle)',
  ]);
  assert.deepEqual(check('options.other=debug'), []);
});

test('leaves charts alone that include templates by computed names', () => {
  const chart = chartOf('a: 1\n', { 'a.yaml': '{{ include (printf "%s" .Values.a) . }}' });
  assert.deepEqual(unknownKeys(chart, [{ kind: 'set', text: 'zzz=1' }]), []);
});

test('looks into files that tpl is given', () => {
  const chart = chartOf(
    'a: 1\n',
    { 'a.yaml': '{{ tpl (.Files.Get "app.conf") . }}' },
    { 'app.conf': 'port = {{ .Values.port }}\n' },
  );
  assert.deepEqual(unknownKeys(chart, [{ kind: 'set', text: 'port=1' }]), []);
  assert.equal(unknownKeys(chart, [{ kind: 'set', text: 'host=1' }]).length, 1);
});

test('writes an interface', () => {
  const text = typescriptTypes(inferSchema(chartOf(VALUES, TEMPLATES)), valuesTypeName('my-web'));
  assert.match(text, /^\/\*\* Values of the chart web\./);
  assert.match(text, /export interface MyWebValues \{\n/);
  assert.match(
    text,
    / {2}\/\*\*\n {3}\* How many pods\n {3}\* @default 2\n {3}\*\/\n {2}readonly replicas\?: number;\n/,
  );
  assert.match(text, /readonly size\?: "small" \| "large";/);
  assert.match(text, /readonly image\?: \{\n {4}\/\*\*/);
  assert.match(text, /readonly hosts\?: readonly string\[\];/);
  assert.match(text, /readonly unset\?: \{\n {4}readonly \[key: string\]: unknown;\n {2}\} \| null;/);
  assert.equal(valuesTypeName('3scale'), 'Chart3scaleValues');
});

test('an empty chart has an empty schema', () => {
  const chart = chartOf('', {});
  assert.deepEqual(inferSchema(chart).properties, { global: { type: 'object', additionalProperties: true } });
});
