import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles, readValues } from '../chart/load-files.ts';
import { coalesceValues } from './coalesce.ts';
import { hiddenDefaults, hiddenDefaultText } from './hidden-defaults.ts';

const encoder = new TextEncoder();

function chartOf(values: string) {
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'values.yaml': values };
  return loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

test('lists what reused values hide of the defaults of a new chart', () => {
  const earlier = chartOf('image: {tag: v1, name: web}\nreplicas: 1\n');
  const next = chartOf('image:\n  tag: v2\n  name: web\n  pullPolicy: Always\nreplicas: 3\nempty: {}\n');
  const given = readValues('replicas: 5\n', '');
  const reused = coalesceValues(earlier, given);
  assert.deepEqual(
    hiddenDefaults(next, reused, given).map((each) => hiddenDefaultText(each)),
    [
      'image.tag has another default in the chart (web/values.yaml:2), but the reused values keep the earlier one',
      "image.pullPolicy is new in the chart (web/values.yaml:4), but the reused values don't have it",
    ],
  );
  assert.deepEqual(hiddenDefaults(earlier, reused, given), []);
});
