import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIndexes, parseIndexes } from './completion-indexes.ts';

test('runs are written short', () => {
  const cases: [number[], string][] = [
    [[], ''],
    [[3], '3'],
    [[1, 2], '1,2'],
    [[1, 2, 3, 5, 7, 8, 9], '1-3,5,7-9'],
  ];
  for (const [indexes, text] of cases) assert.equal(formatIndexes(new Set(indexes)), text);
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (indexes) => {
      assert.deepEqual(parseIndexes(formatIndexes(new Set(indexes)), 201), new Set(indexes.sort((a, b) => a - b)));
    }),
  );
});

test('indexes that the job does not have, and no numbers, are left out', () => {
  assert.deepEqual(parseIndexes('0-9,x,20', 3), new Set([0, 1, 2]));
  assert.deepEqual(parseIndexes(undefined, 3), new Set());
});
