import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePointer, valueAtPointer, withPointer } from './pointer.ts';

const object = { 'a/b': { '~x': [1, 2, 3] }, c: 4 };

test('pointers find, replace and leave out, and change nothing where there is no way', () => {
  const pointer = parsePointer('/a~1b/~0x/1') ?? [];
  assert.equal(valueAtPointer(object, pointer), 2);
  assert.deepEqual(withPointer(object, pointer, 9), { 'a/b': { '~x': [1, 9, 3] }, c: 4 });
  assert.deepEqual(withPointer(object, pointer, undefined), { 'a/b': { '~x': [1, 3] }, c: 4 });
  assert.deepEqual(withPointer(object, ['d'], 5), { ...object, d: 5 });
  assert.equal(withPointer(object, ['d', 'e'], 5), object);
  assert.equal(withPointer(object, ['d'], undefined), object);
  assert.equal(valueAtPointer(object, ['c', 'd']), undefined);
  assert.equal(parsePointer('a'), undefined);
  assert.deepEqual(object, { 'a/b': { '~x': [1, 2, 3] }, c: 4 });
});
