import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chart } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { dependencyTree, problemsOf } from './dependency-tree.ts';

const file = (name: string, text: string): { name: string; data: Uint8Array } => ({ name, data: Buffer.from(text) });

const chart: Chart = loadChartFiles([
  file(
    'Chart.yaml',
    `apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: db, version: ^2, repository: "https://example.org", alias: store}
- {name: cache, version: ^1, repository: "@stable"}
- {name: gone, version: ">=1 <2", repository: "oci://example.org"}
`,
  ),
  file('charts/db/Chart.yaml', 'apiVersion: v2\nname: db\nversion: 2.1.0\ndependencies: [{name: lib, version: 1.x}]\n'),
  file('charts/db/charts/lib/Chart.yaml', 'apiVersion: v2\nname: lib\nversion: 0.9.0\n'),
  file('charts/cache-old/Chart.yaml', 'apiVersion: v2\nname: cache\nversion: 0.5.0\n'),
  file('charts/cache/Chart.yaml', 'apiVersion: v2\nname: cache\nversion: 1.5.0\n'),
]);

test('lays what is there beside what is asked for, down to the last chart', () => {
  const tree = dependencyTree(chart);
  assert.deepEqual(
    tree.dependencies.map(({ name, version, range, status }) => [name, version, range, status]),
    [
      ['db', '2.1.0', '^2', 'ok'],
      ['cache', '1.5.0', '^1', 'ok'],
      ['gone', '', '>=1 <2', 'missing'],
      ['cache', '0.5.0', '', 'unlisted'],
    ],
  );
  assert.deepEqual(problemsOf(tree), [
    'app > db > lib: version 0.9.0 is not in the range 1.x',
    'app > gone: missing (asked for: >=1 <2)',
    "app > cache: version 0.5.0 is in charts/, but Chart.yaml doesn't name it",
  ]);
});
