import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepEqual } from '../functions/deep-equal.ts';
import { GoMap, type GoValue, goInt64 } from '../go/value.ts';
import { readToml } from './read.ts';
import { writeToml } from './write.ts';

const { value } = fc.letrec<{ value: GoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(goInt64),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((members) => new GoMap(members)),
  ),
}));

test('reads what it writes', () => {
  fc.assert(
    fc.property(value, (each) => {
      const table = new GoMap([['member', each]]);
      assert.ok(deepEqual(readToml(writeToml(table)), table), writeToml(table));
    }),
    { examples: [[[new GoMap([['a b', [new GoMap()]]])]]] },
  );
});
