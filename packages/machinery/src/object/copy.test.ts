import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepCopy, deepEqual } from './copy.ts';

const names = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString', '1', '');
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(0, 1, 2.5, 1n, 2n ** 60n, 2 ** 60, '', 'a', true, null, undefined),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((members) => Object.fromEntries(members)),
  ),
}));

/** What both functions go by: members in order, none of them undefined, all integers alike. */
function plain(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return `[${value.map(plain).join()}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isInteger(value)) return `${BigInt(value)}`;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${plain(member)}`).toSorted()}}`;
}

test('values are equal when they stand for the same JSON', () => {
  let equal = 0;
  fc.assert(
    fc.property(values, values, (a, b) => {
      assert.equal(deepEqual(a, b), plain(a) === plain(b), `${plain(a)} and ${plain(b)}`);
      if (deepEqual(a, b)) equal++;
    }),
    {
      numRuns: 3000,
      examples: [
        [{ ['__proto__']: {} }, { a: 1 }],
        [JSON.parse('{"__proto__":{}}'), { a: 1 }],
      ],
    },
  );
  assert.ok(equal > 30, `only ${equal} were equal`);
});

test('a copy is equal and shares nothing', () => {
  fc.assert(
    fc.property(values, (value) => {
      const copy = deepCopy(value);
      assert.equal(plain(copy), plain(value));
      assert.ok(deepEqual(copy, value) && deepEqual(value, copy));
      assertApart(copy, value);
    }),
  );
});

function assertApart(a: unknown, b: unknown): void {
  if (typeof a !== 'object' || a === null) return;
  assert.notEqual(a, b);
  assert.equal(Object.getPrototypeOf(a), Object.getPrototypeOf(b));
  for (const [name, member] of Object.entries(a)) assertApart(member, Object.getOwnPropertyDescriptor(b, name)?.value);
}
