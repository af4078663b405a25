import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableText } from './table.ts';

test('pads columns to their widest cell, by the columns of a terminal', () => {
  assert.equal(
    tableText([
      ['NAME', 'B'],
      ['a', '日本'],
      ['longer', 'é'],
    ]),
    'NAME  \tB   \na     \t日本\nlonger\té   \n',
  );
  assert.equal(tableText([]), '');
});

test('cuts cells that are too wide', () => {
  assert.equal(tableText([['abcdefghij', 'x']], { maxColumnWidth: 8 }), 'abcde...\tx\n');
  assert.equal(tableText([['abcdefghij', 'x']]), 'abcdefghij\tx\n');
});
