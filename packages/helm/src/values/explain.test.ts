import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadChartFiles, readValues } from '../chart/load-files.ts';
import { encodeGoJson } from '../go/json.ts';
import { explainValues } from './explain.ts';
import { originText } from './origin.ts';
import type { ValueSource } from './sources.ts';
import { parseValuePath, valuePathText } from './value-path.ts';

const encoder = new TextEncoder();

function chartOf(files: Readonly<Record<string, string>>) {
  return loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

const web = {
  'Chart.yaml': `apiVersion: v2
name: web
version: 1.0.0
dependencies:
- {name: db, version: 1.x, alias: store, import-values: [{child: shared, parent: imported}]}
`,
  'values.yaml': `# comment
image:
  registry: r.example.org
  "tag": latest
global:
  zone: a
store:
  size: 5
hosts: [one, two]
nothing:
`,
  'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.2.0\n',
  'charts/db/values.yaml': 'size: 1\nuser: root\nshared:\n  port: 5432\nglobal: {zone: z, own: 1}\n',
};

const sources: readonly ValueSource[] = [
  { kind: 'set', text: 'image.tag=v2,hosts[1]=deux' },
  { kind: 'file', name: 'prod.yaml', text: 'image:\n  tag: v1\nstore: {user: app}\n' },
];

function rows(path?: string): string[] {
  return explainValues(chartOf(web), sources)
    .explain(path)
    .map(({ path: at, type, origin, overrode }) => {
      const lost = overrode.map((each) => `${originText(each.origin)}=${encodeGoJson(each.value)}`).join(' ');
      return `${at} ${type} ${origin === undefined ? '?' : originText(origin)}${lost === '' ? '' : ` over ${lost}`}`;
    });
}

test('names the place of each value and what it took the place of', () => {
  assert.deepEqual(rows('image'), [
    'image.tag string --set image.tag over prod.yaml:2="v1" web/values.yaml:4="latest"',
    'image.registry string web/values.yaml:3',
  ]);
  assert.deepEqual(rows('hosts'), ['hosts list --set hosts over web/values.yaml:9=["one","two"]']);
});

test('follows aliases, globals and imported values', () => {
  assert.deepEqual(rows('store.size'), ['store.size number web/values.yaml:8 over web/charts/store/values.yaml:1=1']);
  assert.deepEqual(rows('store.user'), ['store.user string prod.yaml:3 over web/charts/store/values.yaml:2="root"']);
  assert.deepEqual(rows('imported'), ['imported.port number web/charts/store/values.yaml:4']);
  assert.deepEqual(rows('store.global'), [
    'store.global.zone string web/values.yaml:6 over web/charts/store/values.yaml:5="z"',
    'store.global.own number web/charts/store/values.yaml:5',
  ]);
});

test('knows where tables stand, and columns', () => {
  const { originOf } = explainValues(chartOf(web), sources);
  assert.deepEqual(originOf(['image', 'registry']), {
    kind: 'chart',
    chart: 'web',
    file: 'values.yaml',
    line: 3,
    column: 3,
    valueLine: 3,
  });
  assert.equal(originOf(['image'])?.kind, 'file');
  assert.equal(originOf(['image', 'nope']), undefined);
});

const key = fc.constantFrom('a', 'b', 'store', 'global', 'c.d');
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.constant({}), fc.constant([]));
const { tree } = fc.letrec<{ tree: unknown; member: unknown }>((tie) => ({
  tree: fc.dictionary(key, tie('member'), { maxKeys: 4 }),
  member: fc.oneof({ depthSize: 'small' }, leaf, fc.array(leaf, { maxLength: 2 }), tie('tree')),
}));

test('every value has an origin, and explaining changes none', () => {
  fc.assert(
    fc.property(tree, tree, tree, (own, dependency, given) => {
      const chart = chartOf({
        ...web,
        'values.yaml': JSON.stringify(own),
        'charts/db/values.yaml': JSON.stringify(dependency),
      });
      const text = JSON.stringify(given);
      let explanation: ReturnType<typeof explainValues>;
      try {
        explanation = explainValues(chart, [{ kind: 'file', name: 'f.yaml', text }]);
      } catch (error) {
        // A dependency's values that are no table.
        assert.match(String(error), /type mismatch/);
        return;
      }
      assert.equal(
        encodeGoJson(explanation.values),
        encodeGoJson(explainValues(chart, [{ kind: 'given', name: 'x', values: readValues(text, '') }]).values),
      );
      for (const { path, value, origin } of explanation.explain()) {
        // Tables that helm itself makes stand nowhere.
        if (encodeGoJson(value) === '{}') continue;
        assert.ok(origin !== undefined, `${path} of ${encodeGoJson(explanation.values)}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('writes and reads paths', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(), fc.string({ minLength: 1 }))), (path) => {
      assert.deepEqual(parseValuePath(valuePathText(path)), path);
    }),
  );
});
