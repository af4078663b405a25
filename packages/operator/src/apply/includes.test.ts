import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { includes } from './includes.ts';

test('an object may have more than the intent says, in maps and in lists of named elements', () => {
  const observed = {
    a: 1,
    b: { c: 'x', d: 2 },
    list: [{ name: 'sidecar' }, { name: 'main', image: 'i', extra: true }],
  };
  assert.ok(includes(observed, { a: 1, b: { c: 'x' }, list: [{ name: 'main', image: 'i' }] }));
  assert.ok(includes(observed, { gone: undefined }));
  assert.equal(includes(observed, { b: { c: 'y' } }), false);
  assert.equal(includes(observed, { list: [{ name: 'other' }] }), false);
  assert.equal(includes(observed, { missing: 1 }), false);
});

test('other lists are compared whole: their order has a meaning', () => {
  assert.ok(includes({ args: ['a', 'b'] }, { args: ['a', 'b'] }));
  assert.equal(includes({ args: ['b', 'a'] }, { args: ['a', 'b'] }), false);
  assert.equal(includes({ args: ['a', 'b'] }, { args: ['a'] }), false);
});

test('a value includes itself, and stays including after gaining fields', () => {
  const json = fc.jsonValue();
  fc.assert(fc.property(json, (value) => includes(value, structuredClone(value))));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.string(), json, (object, name, value) => {
      fc.pre(!(name in object));
      return includes({ ...object, [name]: value }, object);
    }),
  );
});
