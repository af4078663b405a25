import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles, readValues } from '../chart/load-files.ts';
import { introductionOf, lastVersionWith, type RecordedChart, recordedVersions } from './chart-versions.ts';

const encoder = new TextEncoder();

function record(revision: number, version: string, values: string, given = ''): RecordedChart {
  const files = { 'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`, 'values.yaml': values };
  const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
  return { revision, chart, given: readValues(given, '') };
}

test('since when a value has been there without interruption', () => {
  const versions = recordedVersions([
    record(4, '1.10.0', 'a: 1\nc: 1\n'),
    record(1, '1.2.0', 'a: 1\nb: 1\nc: 1\n'),
    record(2, '1.4.0', 'a: 1\nb: 1\n'),
    record(3, '1.9.0', 'a: 2\nc: 1\n'),
  ]);
  assert.deepEqual(introductionOf(['a'], versions), { since: '1.2.0', before: undefined });
  assert.deepEqual(introductionOf(['c'], versions), { since: '1.9.0', before: '1.4.0' });
  assert.equal(introductionOf(['b'], versions), undefined);
  assert.equal(lastVersionWith(['b'], versions), '1.4.0');
  assert.equal(lastVersionWith(['c'], versions), undefined);
  assert.equal(lastVersionWith(['d'], versions), undefined);
});

test('a record with reused values tells what its chart has, not what it lacks', () => {
  const versions = [
    ...recordedVersions([
      record(1, '1.0.0', 'a: {x: 1}\n', 'mine: 1'),
      // Version 1.1.0 has b, which --reuse-values hid.
      record(2, '1.1.0', 'a: {x: 1}\nmine: 1\n', 'mine: 1'),
    ]),
    { version: '1.2.0', values: readValues('a: {x: 1}\nb: 1\nmine: 2\n', ''), isComplete: true },
  ];
  assert.deepEqual(introductionOf(['b'], versions), { since: '1.2.0', before: '1.0.0' });
  assert.deepEqual(introductionOf(['a', 'x'], versions), { since: '1.0.0', before: undefined });
  // What a user gave is no default of the version.
  assert.deepEqual(introductionOf(['mine'], versions), { since: '1.2.0', before: '1.0.0' });
});

test('a revision whose predecessors are gone lacks nothing for certain', () => {
  const [oldest] = recordedVersions([record(7, '1.0.0', 'a: 1\n')]);
  assert.equal(oldest?.isComplete, false);
});
