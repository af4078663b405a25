import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FieldsV1 } from '../../object/meta.ts';
import {
  differenceOf,
  equalFieldSets,
  forEachPath,
  formatPath,
  intersectionOf,
  isEmptyFieldSet,
  leavesOf,
  nodeOf,
  readFieldSet,
  recursiveDifferenceOf,
  unionOf,
} from './field-set.ts';

const element = fc.constantFrom(
  'f:a',
  'f:b',
  'k:{"name":"x"}',
  'k:{"port":80,"protocol":"TCP"}',
  'v:"s"',
  'v:10',
  'v:9',
);

/** Any set: every node is either a leaf or has children, with or without itself. */
const { set } = fc.letrec<{ set: FieldsV1; node: FieldsV1 }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<FieldsV1>({}),
    fc.tuple(fc.array(fc.tuple(element, tie('node')), { minLength: 1, maxLength: 3 }), fc.boolean()).map(build),
  ),
  set: fc.array(fc.tuple(element, tie('node')), { maxLength: 4 }).map((children) => build([children, false])),
}));

function build([children, own]: [[string, FieldsV1][], boolean]): FieldsV1 {
  return nodeOf([...new Map(children)], own);
}

function pathsOf(fields: FieldsV1): string[] {
  const paths: string[] = [];
  forEachPath(fields, (path) => paths.push(path.join(' ')));
  return paths;
}

describe('field sets', () => {
  it('read back what they are, with elements in order', () => {
    fc.assert(
      fc.property(set, (fields) => {
        const text = JSON.stringify(fields);
        assert.equal(JSON.stringify(readFieldSet(JSON.parse(text))), text);
      }),
    );
  });

  it('unite, subtract and intersect as sets of paths do', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [inA, inB] = [new Set(pathsOf(a)), new Set(pathsOf(b))];
        assert.deepEqual(new Set(pathsOf(unionOf(a, b))), new Set([...inA, ...inB]));
        assert.deepEqual(new Set(pathsOf(differenceOf(a, b))), new Set([...inA].filter((path) => !inB.has(path))));
        assert.deepEqual(new Set(pathsOf(intersectionOf(a, b))), new Set([...inA].filter((path) => inB.has(path))));
      }),
    );
  });

  it('subtract below paths when asked to', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const gone = pathsOf(b);
        const kept = pathsOf(a).filter((path) => !gone.some((other) => path === other || path.startsWith(`${other} `)));
        assert.deepEqual(new Set(pathsOf(recursiveDifferenceOf(a, b))), new Set(kept));
      }),
    );
  });

  it('keep one form: equal sets are equal texts', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [left, right] = [unionOf(a, b), unionOf(b, a)];
        assert.ok(equalFieldSets(left, right));
        assert.equal(JSON.stringify(left), JSON.stringify(right));
        assert.ok(isEmptyFieldSet(differenceOf(left, right)));
      }),
    );
  });

  it('have leaves', () => {
    const fields = readFieldSet({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} });
    assert.deepEqual(leavesOf(fields), { 'f:a': { 'f:b': {} }, 'f:c': {} });
  });

  it('are read from any order and spelling, without what is unknown', () => {
    const fields = readFieldSet(
      JSON.parse(
        '{"v:1":{},"k:{\\"protocol\\": \\"TCP\\", \\"port\\": 80}":{"f:b":{},".":{}},"f:z":{},"x:?":{},"f:a":{}}',
      ),
    );
    assert.equal(
      JSON.stringify(fields),
      '{"f:a":{},"f:z":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:b":{}},"v:1":{}}',
    );
  });

  it('order numbers as numbers', () => {
    assert.deepEqual(Object.keys(readFieldSet({ 'v:10': {}, 'v:9': {}, 'v:"a"': {} })), ['v:9', 'v:10', 'v:"a"']);
  });

  it('refuse what is none', () => {
    for (const value of [null, 1, { 'f:a': 1 }, { 'k:x': {} }, { 'k:1': {} }, { 'i:x': {} }]) {
      assert.throws(() => readFieldSet(value), SyntaxError);
    }
  });

  it('show paths as conflicts do', () => {
    assert.equal(
      formatPath(['f:spec', 'k:{"port":80,"protocol":"TCP"}', 'f:a', 'v:"x"', 'i:2']),
      '.spec[port=80,protocol="TCP"].a[="x"][2]',
    );
  });
});
