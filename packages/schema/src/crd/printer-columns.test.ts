import assert from 'node:assert/strict';
import { test } from 'node:test';
import { humanDuration } from './human-duration.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';
import { createColumnPrinter } from './printer-columns.ts';
import { readScale, writeScaleReplicas } from './scale.ts';
import { createSelectableFieldsReader } from './selectable-fields.ts';

const object = {
  apiVersion: 'example.com/v1',
  kind: 'Website',
  metadata: { name: 'kubia', creationTimestamp: '2024-01-01T00:00:00Z', labels: { 'app.kubernetes.io/name': 'x' } },
  spec: { replicas: 3, hosts: ['a', 'b'], limits: { cpu: '1' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Progressing', status: 'False', n: 2 },
    ],
    selector: 'app=x',
  },
};

const paths: [string, unknown[]][] = [
  ['.spec.replicas', [3]],
  ['{.spec.replicas}', [3]],
  ['.spec.missing.deeper', []],
  ['.spec.hosts[0]', ['a']],
  ['.spec.hosts[-1]', ['b']],
  ['.spec.hosts[*]', ['a', 'b']],
  ['.spec.hosts[0:1]', ['a']],
  ['.spec.hosts[0,1]', ['a', 'b']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ["$.status.conditions[?(@.type=='Progressing')].status", ['False']],
  ['.status.conditions[?(@.n>1)].type', ['Progressing']],
  ['.status.conditions[?(@.n)].type', ['Progressing']],
  ['.status.conditions[*].type', ['Ready', 'Progressing']],
  ['.metadata.labels.app\\.kubernetes\\.io/name', ['x']],
  ["['metadata']['name']", ['kubia']],
  ['..type', ['Ready', 'Progressing']],
];

for (const [path, expected] of paths) {
  test(`JSONPath ${path}`, () => {
    const parsed = parseJsonPath(path);
    assert.ok(parsed);
    assert.deepEqual(evaluateJsonPath(parsed, object), expected);
  });
}

test('a text that is no JSONPath is not parsed', () => {
  for (const text of ['.a[', '.a[?(', '.a[x y]', '.a..']) assert.equal(parseJsonPath(text), undefined, text);
});

test('columns give a cell each, null for what is missing, ages for dates', () => {
  const printer = createColumnPrinter([
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts', priority: 1 },
    { name: 'Missing', type: 'string', jsonPath: '.status.nothing' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]);
  assert.deepEqual(
    printer.columns.map((column) => column.name),
    ['Name', 'Replicas', 'Ready', 'Hosts', 'Missing', 'Age'],
  );
  assert.deepEqual(printer.cells(object, Date.parse('2024-01-03T04:00:00Z')), [
    'kubia',
    3,
    'True',
    '["a","b"]',
    null,
    '2d4h',
  ]);
  assert.deepEqual(
    createColumnPrinter(undefined).columns.map((column) => column.name),
    ['Name', 'Age'],
  );
});

test('durations are shown with two units while they are short', () => {
  const cases: [number, string][] = [
    [-5, '<invalid>'],
    [59, '59s'],
    [119, '119s'],
    [125, '2m5s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [4 * 3600 + 720, '4h12m'],
    [47 * 3600, '47h'],
    [3 * 86400, '3d'],
    [45 * 86400, '45d'],
    [800 * 86400, '2y70d'],
    [3000 * 86400, '8y'],
  ];
  for (const [seconds, expected] of cases) assert.equal(humanDuration(seconds * 1000), expected);
});

test('scale reads and writes the named paths', () => {
  const scale = {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  };
  const copy = structuredClone(object);
  assert.deepEqual(readScale(scale, copy), { specReplicas: 3, statusReplicas: 0, selector: 'app=x' });
  writeScaleReplicas(scale, copy, 5);
  assert.equal(readScale(scale, copy).specReplicas, 5);
});

test('selectable fields are text, absent ones empty', () => {
  const read = createSelectableFieldsReader([{ jsonPath: '.spec.replicas' }, { jsonPath: '.spec.color' }]);
  assert.deepEqual(read(object), { 'spec.replicas': '3', 'spec.color': '' });
});
