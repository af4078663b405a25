import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createJsonPatch } from './create-json-patch.ts';
import { applyJsonPatch } from './json-patch.ts';
import { PatchError } from './patch-error.ts';

type Case = [name: string, document: unknown, operations: unknown, expected: unknown];

const applies: Case[] = [
  ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: [2] }], { a: 1, b: [2] }],
  ['adds over a member', { a: 1 }, [{ op: 'add', path: '/a', value: null }], { a: null }],
  ['inserts into an array', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
  ['appends with -', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['counts negative indices from the end', [1, 2], [{ op: 'remove', path: '/-1' }], [1]],
  ['adds without a value as null', {}, [{ op: 'add', path: '/a' }], { a: null }],
  ['removes', { a: { b: 1, c: 2 } }, [{ op: 'remove', path: '/a/b' }], { a: { c: 2 } }],
  ['replaces', { a: [1, 2] }, [{ op: 'replace', path: '/a/0', value: 9 }], { a: [9, 2] }],
  ['replaces the whole document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ['moves', { a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
  ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ['decodes ~1 and ~0', { 'a/b~c': 1 }, [{ op: 'replace', path: '/a~1b~0c', value: 2 }], { 'a/b~c': 2 }],
  [
    'tests regardless of member order',
    { a: { x: 1, y: 2 } },
    [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }],
    { a: { x: 1, y: 2 } },
  ],
  ['tests a missing member against null', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
  ['uses an empty key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
];

const fails: [name: string, document: unknown, operations: unknown, kind: string, message: string][] = [
  ['no array', {}, {}, 'BadRequest', 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
  ['no operation', {}, [1], 'BadRequest', 'json: cannot unmarshal number into Go value of type jsonpatch.Operation'],
  ['unknown op', {}, [{ op: 'merge', path: '/a' }], 'Invalid', 'Unexpected kind: merge'],
  ['no op', {}, [{ path: '/a' }], 'Invalid', 'Unexpected kind: unknown'],
  ['no path', {}, [{ op: 'add' }], 'Invalid', 'add operation failed to decode path: missing value'],
  [
    'add below nothing',
    {},
    [{ op: 'add', path: '/a/b', value: 1 }],
    'Invalid',
    'add operation does not apply: doc is missing path: "/a/b": missing value',
  ],
  [
    'add beyond the end',
    [],
    [{ op: 'add', path: '/1', value: 1 }],
    'Invalid',
    "error in add for path: '/1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [
    'remove nothing',
    { a: 1 },
    [{ op: 'remove', path: '/b' }],
    'Invalid',
    "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value",
  ],
  [
    'remove __proto__',
    {},
    [{ op: 'remove', path: '/__proto__' }],
    'Invalid',
    "error in remove for path: '/__proto__': Unable to remove nonexistent key: __proto__: missing value",
  ],
  [
    'replace nothing',
    { a: 1 },
    [{ op: 'replace', path: '/b', value: 1 }],
    'Invalid',
    'replace operation does not apply: doc is missing key: /b: missing value',
  ],
  ['failed test', { a: 1 }, [{ op: 'test', path: '/a', value: 2 }], 'Invalid', 'testing value /a failed: test failed'],
  [
    'move into itself',
    { a: {} },
    [{ op: 'move', from: '/a', path: '/a/b' }],
    'Invalid',
    'move operation does not apply: /a/b is inside /a',
  ],
  [
    'word as index',
    { a: [1] },
    [{ op: 'remove', path: '/a/x' }],
    'Invalid',
    'error in remove for path: \'/a/x\': strconv.Atoi: parsing "x": invalid syntax',
  ],
];

describe('applyJsonPatch', () => {
  for (const [name, document, operations, expected] of applies) {
    it(name, () => {
      const before = structuredClone(document);
      assert.deepEqual(applyJsonPatch(document, operations), expected);
      assert.deepEqual(document, before);
    });
  }

  for (const [name, document, operations, kind, message] of fails) {
    it(`refuses: ${name}`, () => {
      assert.throws(
        () => applyJsonPatch(document, operations),
        (error) => error instanceof PatchError && error.kind === kind && error.message === message,
      );
    });
  }

  it('limits the number of operations', () => {
    const operations = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} }));
    assert.throws(() => applyJsonPatch({}, operations), {
      kind: 'RequestEntityTooLarge',
      message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
    });
  });

  it('limits what copy operations add up to', () => {
    const copies = Array.from({ length: 4 }, (_, index) => ({ op: 'copy', from: '/a', path: `/${index}` }));
    assert.throws(() => applyJsonPatch({ a: 'x'.repeat(1024 * 1024) }, copies), /accumulated size increase of copy/);
  });

  it('keeps a copy apart from its source', () => {
    const result = applyJsonPatch({ a: { b: { c: 1 } } }, [
      { op: 'add', path: '/a/b/d', value: 1 },
      { op: 'copy', from: '/a', path: '/e' },
      { op: 'replace', path: '/e/b/c', value: 2 },
    ]);
    assert.deepEqual(result, { a: { b: { c: 1, d: 1 } }, e: { b: { c: 2, d: 1 } } });
  });

  it('does not write into the patch', () => {
    const value = { x: 1 };
    applyJsonPatch({}, [
      { op: 'add', path: '/a', value },
      { op: 'replace', path: '/a/x', value: 2 },
    ]);
    assert.deepEqual(value, { x: 1 });
  });
});

describe('createJsonPatch', () => {
  it('makes patches that give the second document, and changes neither', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const [first, second] = [JSON.stringify(before), JSON.stringify(after)];
        // A scalar root cannot be replaced by a patch: documents are objects or arrays.
        const [from, to] = [{ root: before }, { root: after }];
        const result = applyJsonPatch(from, createJsonPatch(from, to));
        assert.equal(JSON.stringify(sortKeys(result)), JSON.stringify(sortKeys(to)));
        assert.deepEqual([JSON.stringify(before), JSON.stringify(after)], [first, second]);
      }),
    );
  });

  it('is empty for equal documents', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => createJsonPatch(value, structuredClone(value)).length === 0));
  });
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, sortKeys(inner)])
    .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}
