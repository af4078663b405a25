import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase, sqliteErrorCode } from './database.ts';

const constraint = 19;

test('a statement that failed takes its next parameters', () => {
  const database = openDatabase(':memory:');
  try {
    database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER) STRICT');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?)', { reads: false });
    const returning = database.prepare('INSERT INTO t VALUES (?, ?) RETURNING b', { reads: true });
    const fails = (work: () => unknown): void => assert.throws(work, (error) => sqliteErrorCode(error) === constraint);
    insert.run([1, 1]);
    fails(() => insert.run([1, 2]));
    insert.run([3, 3]);
    fails(() => returning.get([3, 4]));
    assert.deepEqual(returning.get([5, 6]), [6]);
    const all = database.prepare('SELECT * FROM t', { reads: true }).all([]);
    assert.deepEqual(all, [
      [1, 1],
      [3, 3],
      [5, 6],
    ]);
  } finally {
    database.close();
  }
});
