import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deepEqual } from '../object/copy.ts';
import { createMergePatch } from './create-merge-patch.ts';
import { applyMergePatch } from './merge-patch.ts';

const cases: [name: string, target: unknown, patch: unknown, expected: unknown][] = [
  ['sets and keeps', { a: 1, b: 2 }, { a: 3 }, { a: 3, b: 2 }],
  ['removes with null', { a: 1, b: 2 }, { b: null, c: null }, { a: 1 }],
  ['goes into objects', { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  ['replaces arrays', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['replaces scalars with objects, without nulls', { a: 1 }, { a: { b: null, c: 2 } }, { a: { c: 2 } }],
  ['keeps nulls inside arrays', {}, { a: [null, { b: null }] }, { a: [null, { b: null }] }],
  ['takes __proto__ as a name', {}, JSON.parse('{"__proto__": {"a": 1}}'), JSON.parse('{"__proto__": {"a": 1}}')],
];

describe('applyMergePatch', () => {
  for (const [name, target, patch, expected] of cases) {
    it(name, () => {
      const before = structuredClone(target);
      assert.equal(JSON.stringify(applyMergePatch(target, patch)), JSON.stringify(expected));
      assert.deepEqual(target, before);
    });
  }

  it('refuses what is no object', () => {
    for (const patch of [null, 1, 'x', []]) assert.throws(() => applyMergePatch({}, patch), { kind: 'BadRequest' });
  });
});

describe('createMergePatch', () => {
  /** Values that a merge patch can express: without null members. */
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 4 }),
    ),
  }));
  const object = fc.dictionary(fc.string({ maxLength: 2 }), value, { maxKeys: 5 });

  it('makes patches that give the second object', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        assert.ok(deepEqual(applyMergePatch(before, createMergePatch(before, after) ?? {}), after));
      }),
    );
  });

  it('gives nothing for equal objects', () => {
    fc.assert(fc.property(object, (before) => createMergePatch(before, structuredClone(before)) === undefined));
  });
});
