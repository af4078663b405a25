import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isStatusError } from '../status/status-error.ts';
import { labelSelectorFromObject, parseLabelSelector } from './label-selector.ts';

test('matches labels', () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ['', {}, true],
    ['app=a', { app: 'a' }, true],
    ['app==a', { app: 'b' }, false],
    ['app!=a', {}, true],
    ['app in (a, b)', { app: 'b' }, true],
    ['app in (a,)', { app: '' }, true],
    ['app notin (a,b)', { app: 'a' }, false],
    ['app notin (a,b)', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    [' ! app ', {}, true],
    ['n>3,n<5', { n: '4' }, true],
    ['n>3', { n: 'x' }, false],
    ['app=', { app: '' }, true],
    ['in in (in),notin', { in: 'in', notin: 'x' }, true],
    ['example.com/app=a,tier', { 'example.com/app': 'a', tier: 'x' }, true],
    ['constructor', {}, false],
  ];
  for (const [text, labels, expected] of cases) assert.equal(parseLabelSelector(text).matches(labels), expected, text);
  assert.equal(parseLabelSelector('!a').matches(undefined), true);
});

test('explains what it cannot read', () => {
  const cases: [string, RegExp | string][] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in ()', /^unable to parse requirement: values: Invalid value: \[\]: for 'in', 'notin' operators/],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a>x', /values\[0\]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer/],
    ['a/b/c=d', /^unable to parse requirement: <nil>: Invalid value: "a\/b\/c": a qualified name must consist of/],
    ['a=-x', /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-x": a valid label must be an empty/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseLabelSelector(text),
      (error) => {
        assert.ok(isStatusError(error, 'BadRequest'));
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      },
      text,
    );
  }
});

test('reads back what it prints', () => {
  const word = fc.stringMatching(/^[a-z]([-a-z0-9]{0,5}[a-z0-9])?$/);
  const term = fc.oneof(
    word,
    word.map((key) => `!${key}`),
    fc.tuple(word, fc.constantFrom('=', '==', '!='), word).map((parts) => parts.join('')),
    fc.tuple(word, fc.constantFrom('>', '<'), fc.integer({ min: 0 })).map((parts) => parts.join('')),
    fc
      .tuple(word, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1, maxLength: 3 }))
      .map(([key, operator, values]) => `${key} ${operator} (${values.join(', ')})`),
  );
  fc.assert(
    fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
      const selector = parseLabelSelector(terms.join(','));
      const again = parseLabelSelector(selector.toString());
      assert.deepEqual(again.requirements, selector.requirements);
    }),
  );
});

test('takes the object form', () => {
  const selector = labelSelectorFromObject({
    matchLabels: { app: 'a' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['y', 'x'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  });
  assert.equal(selector.toString(), 'app=a,!old,tier in (x,y)');
  assert.ok(selector.matches({ app: 'a', tier: 'x' }));
  assert.ok(labelSelectorFromObject({}).matches({ any: 'thing' }));
  assert.ok(!labelSelectorFromObject(undefined).matches({ any: 'thing' }));
  assert.throws(
    () => labelSelectorFromObject({ matchExpressions: [{ key: 'a', operator: 'Near' }] }),
    /"Near" is not a valid label selector operator/,
  );
});
