import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { compileRegex } from './regex.ts';
import { translateSimplePattern } from './simple-pattern.ts';

function matches(pattern: string, text: string): boolean {
  const regex = compileRegex(pattern);
  assert.ok('test' in regex);
  return regex.test(text);
}

const patterns = [
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  '^(a|b)c?$',
  '^v\\d$',
  '^[^a-z]+',
  '^a\\.b$',
  '^[A-Za-z_]+$',
  '^(?:x|y-z)$',
  '^[a-z-]*$',
];

test('patterns that take the fast path mean what RE2 says', () => {
  for (const pattern of patterns) assert.ok(translateSimplePattern(pattern), pattern);
  const letters = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', 'z', 'A', '0', '9', '-', '.', '_', '\n', 'x', 'v', 'é', '😀'),
  });
  fc.assert(
    fc.property(fc.constantFrom(...patterns), letters, (pattern, text) => {
      assert.equal(matches(pattern, text), RE2JS.compile(pattern).matcher(text).find());
    }),
  );
});

test('patterns that could take long or differ go to RE2', () => {
  for (const pattern of [
    'a*',
    '^(a+)+$',
    '^a+b+$',
    '^.$',
    '^\\s$',
    '^a?b?c?d?e?f?g?$',
    '^[[:alpha:]]$',
    '^a{2}$',
    '^a|b$',
  ]) {
    assert.equal(translateSimplePattern(pattern), undefined, pattern);
  }
  assert.ok(matches('^(a+)+$', 'a'.repeat(5000)));
  assert.ok(!matches('^(a+)+$', `${'a'.repeat(5000)}!`));
});

test('literals need no engine', () => {
  for (const [pattern, text, wanted] of [
    ['abc', 'xabcx', true],
    ['^abc', 'abcx', true],
    ['^abc', 'xabc', false],
    ['abc$', 'xabc', true],
    ['^abc$', 'abcx', false],
  ] as const) {
    assert.equal(matches(pattern, text), wanted, pattern);
  }
});
