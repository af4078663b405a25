import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFieldSelector } from './field-selector.ts';

test('matches fields', () => {
  const selector = parseFieldSelector('metadata.name=kubia,status.phase!=Running,x==');
  assert.ok(selector.matches({ 'metadata.name': 'kubia', 'status.phase': 'Pending' }));
  assert.ok(!selector.matches({ 'metadata.name': 'kubia', 'status.phase': 'Running' }));
  assert.ok(!selector.matches({ 'metadata.name': 'kubia', x: '1' }));
  assert.equal(selector.exactValue('metadata.name'), 'kubia');
  assert.equal(selector.exactValue('status.phase'), undefined);
  assert.ok(parseFieldSelector('').isEmpty);
});

test('explains what it cannot read', () => {
  const cases: [string, string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ];
  for (const [text, message] of cases) assert.throws(() => parseFieldSelector(text), { message });
});

test('reads back what it prints', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('=', '!='), fc.string())), (terms) => {
      const text = terms.map(([operator, value]) => `f${operator}${value.replace(/[\\,=]/g, '\\$&')}`).join(',');
      const selector = parseFieldSelector(text);
      assert.deepEqual(
        selector.terms.map(({ operator, value }) => [operator, value]),
        terms,
      );
      assert.equal(selector.toString(), text);
    }),
  );
});
