import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isQuantity,
  milliValue,
  parseQuantity,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';

const canonical = (text: string) => formatQuantity(parseQuantity(text));

test('writes the canonical form', () => {
  const cases: [string, string][] = [
    ['0', '0'],
    ['0Gi', '0'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['0.5Gi', '512Mi'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1023Ki', '1023Ki'],
    ['512Ki', '512Ki'],
    ['1Ki', '1Ki'],
    ['0.5Ki', '512'],
    ['0.1Ki', '102400m'],
    ['1000Ki', '1000Ki'],
    ['100', '100'],
    ['12000', '12k'],
    ['1000000', '1M'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1E', '1E'],
    ['1E3', '1e3'],
    ['-500m', '-500m'],
    ['+5', '5'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['100E', '9223372036854775807'],
  ];
  for (const [text, expected] of cases) assert.equal(canonical(text), expected, text);
  assert.equal(formatQuantity(parseQuantity(2)), '2');
});

test('refuses other texts in upstream words', () => {
  const syntax = /quantities must match the regular expression/;
  const cases: [string, RegExp][] = [
    ['', syntax],
    ['abc', syntax],
    ['1 Gi', syntax],
    ['1.2.3', /unable to parse numeric part/],
    ['.', /unable to parse numeric part/],
    ['1Kb', syntax],
    ['1mm', /unable to parse quantity's suffix/],
    ['1ki', /unable to parse quantity's suffix/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseQuantity(text), { name: 'DecodeError', message }, text);
    assert.equal(isQuantity(text), false);
  }
});

test('rounds up to units and thousandths', () => {
  assert.equal(milliValue(parseQuantity('1.2345')), 1235);
  assert.equal(quantityValue(parseQuantity('1100m')), 2);
  assert.equal(quantityValue(parseQuantity('-1100m')), -1);
  assert.equal(quantityValue(parseQuantity('1Gi')), 2 ** 30);
});

const anyQuantity = fc
  .tuple(
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.nat(999),
    fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3'),
  )
  .map(([whole, fraction, suffix]) => parseQuantity(`${whole}.${fraction}${suffix}`));

test('keeps its value through the canonical form, and the form itself', () => {
  fc.assert(
    fc.property(anyQuantity, (quantity) => {
      const text = formatQuantity(quantity);
      assert.equal(compareQuantities(parseQuantity(text), quantity), 0);
      assert.equal(canonical(text), text);
    }),
  );
});

test('adds and compares as numbers do', () => {
  fc.assert(
    fc.property(anyQuantity, anyQuantity, (a, b) => {
      assert.equal(addQuantities(a, b).nano, addQuantities(b, a).nano);
      assert.equal(compareQuantities(subtractQuantities(addQuantities(a, b), b), a), 0);
      assert.equal(compareQuantities(a, b), -compareQuantities(b, a) + 0);
    }),
  );
});
