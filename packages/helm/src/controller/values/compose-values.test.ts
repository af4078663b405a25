import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoMap } from '../../go/value.ts';
import type { ValuesReference } from '../intent/release-intent.ts';
import { composeValues, ValuesError, valuesDigest } from './compose-values.ts';
import { jsonOf } from './go-json.ts';

function from(text: string | undefined, more: Partial<ValuesReference> = {}) {
  const object = { namespace: 'apps', name: 'settings' };
  return { reference: { kind: 'Secret', object, key: 'k', optional: false, ...more } as const, text };
}

test('later values win, tables are merged, single settings come last', () => {
  const values = composeValues(
    {
      values: { a: { z: 'spec', password: 'none' }, list: [3] },
      set: [
        { path: 'n', text: '7', isText: false },
        { path: 't', text: '7,8', isText: true },
      ],
    },
    [
      from('a: {x: 1, z: 1}\nlist: [1, 2]'),
      from('a: {x: 2}'),
      from(undefined, { optional: true }),
      from('s3cret', { targetPath: 'a.password' }),
    ],
  );
  assert.deepEqual(jsonOf(values), { a: { x: 2, z: 'spec', password: 's3cret' }, list: [3], n: 7, t: '7,8' });
});

test('a target path types its text as --set does, unless it is in quotes', () => {
  const set = (text: string) => jsonOf(composeValues({ values: {}, set: [] }, [from(text, { targetPath: 'a' })]))['a'];
  assert.equal(set('8080'), 8080);
  assert.equal(set('"8080"'), '8080');
  assert.equal(set('true'), true);
});

test('a text that stands for itself, at a target path', () => {
  const text = 'a=1,b={2}\n[c].d: "e"\n';
  const values = composeValues({ values: {}, set: [] }, [from(text, { targetPath: 'files.app\\.yml', literal: true })]);
  assert.deepEqual(jsonOf(values), { files: { 'app.yml': text } });
});

test('what is no table is told without its content', () => {
  for (const text of ['s3cret', 'a: [s3cret']) {
    assert.throws(
      () => composeValues({ values: {}, set: [] }, [from(text)]),
      (error: unknown) =>
        error instanceof ValuesError &&
        error.message === 'Secret apps/settings, key k: not usable as values' &&
        !error.message.includes('s3cret'),
    );
  }
});

test('the digest does not depend on the order of keys', () => {
  const a = new GoMap([
    ['x', 1],
    ['y', 2],
  ]);
  const b = new GoMap([
    ['y', 2],
    ['x', 1],
  ]);
  assert.equal(valuesDigest(a), valuesDigest(b));
  assert.notEqual(valuesDigest(a), valuesDigest(new GoMap([['x', 1]])));
});
