import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createEnvironment } from './environment.ts';
import { kubernetesLibraries } from './libraries/kubernetes.ts';
import { types } from './types/type.ts';
import { valueOfJson } from './values/json-value.ts';
import { isError, type Result } from './values/value.ts';

const environment = createEnvironment({ variables: { self: types.dyn }, libraries: kubernetesLibraries });

function evaluate(source: string, self: Parameters<typeof valueOfJson>[0], costLimit = 1_000_000): Result {
  const compiled = environment.compile(source);
  assert.ok('expression' in compiled, 'errors' in compiled ? compiled.errors : source);
  return compiled.expression.evaluate(new Map([['self', valueOfJson(self)]]), { costLimit }).result;
}

test('objects of JSON are read as they are', () => {
  const self = { replicas: 3, big: 9007199254740993n, ratio: 0.5, items: [{ name: 'a' }, { name: 'b' }], none: null };
  assert.equal(evaluate('self.replicas + 1', self), 4n);
  assert.equal(evaluate('self.big', self), 9007199254740993n);
  assert.equal(evaluate('self.ratio < 1', self), true);
  assert.equal(evaluate("self.items.map(i, i.name) == ['a', 'b'] && self.none == null", self), true);
  assert.equal(evaluate('has(self.missing) || !has(self.items)', self), false);
  assert.deepEqual(evaluate('self.missing', self), { kind: 'error', message: 'no such key: missing' });
  assert.deepEqual(evaluate('self.toString', self), { kind: 'error', message: 'no such key: toString' });
});

test('errors are absorbed by what decides without them', () => {
  assert.equal(evaluate('self.missing || true', {}), true);
  assert.equal(evaluate('1 / 0 > 1 && false', {}), false);
  assert.equal(evaluate('[0, 1].exists(i, 1 / i == 1)', {}), true);
  assert.deepEqual(evaluate('[0, 1].all(i, 1 / i == 1)', {}), { kind: 'error', message: 'division by zero' });
  assert.deepEqual(evaluate('9223372036854775807 + 1', {}), { kind: 'error', message: 'integer overflow' });
});

test('hostile expressions meet a limit', () => {
  const ten = '[1,2,3,4,5,6,7,8,9,10]';
  const nested = `${ten}.all(a, ${ten}.all(b, ${ten}.all(c, ${ten}.all(d, ${ten}.all(e, ${ten}.all(f, a+b+c+d+e+f > 0))))))`;
  const compiled = environment.compile(nested);
  assert.ok('expression' in compiled);
  assert.equal(compiled.expression.evaluate(new Map(), { costLimit: 100_000 }).stopped, 'cost');
  let turns = 0;
  const cancelled = compiled.expression.evaluate(new Map(), { isCancelled: () => ++turns > 100 });
  assert.equal(cancelled.stopped, 'cancelled');
  for (const source of [
    `${'('.repeat(300)}1${')'.repeat(300)}`,
    `1${'+1'.repeat(300)}`,
    `self${'.a'.repeat(300)}`,
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    `${'!'.repeat(3)}${'-('.repeat(1000)}1`,
    'x'.repeat(100_001),
    '9'.repeat(50_000),
  ]) {
    assert.ok('errors' in environment.compile(source), source.slice(0, 20));
  }
  const large = "'a'.replace('', self.text).replace('', self.text)";
  for (const source of [
    large,
    "'%s%s'.format([self.text, self.text])",
    "[self.text, '', ''].join(self.text)",
    'self.text + self.text',
  ]) {
    assert.deepEqual(evaluate(source, { text: 'x'.repeat(6_000_000) }, 10_000_000), {
      kind: 'error',
      message: 'the result would be longer than 10000000 characters',
    });
  }
  assert.equal(evaluate("(' '.replace('', self) + 'x ').trim().size() > 0", ' '.repeat(200_000)), true);
  assert.deepEqual(evaluate('lists.range(99999).map(a, lists.range(99999).size()).size()', {}), {
    kind: 'error',
    message: 'operation cancelled: actual cost limit exceeded',
  });
  // Long chains of && are balanced, and catastrophic patterns run in linear time.
  assert.equal(evaluate(Array(2000).fill('true').join(' && '), {}), true);
  assert.equal(evaluate(`'${'a'.repeat(5000)}!'.matches('^(a+)+$')`, {}), false);
});

test('whatever the text and the object, nothing but results comes out', () => {
  const names =
    "self x .a [0] ( ) [ ] { } , : ? == < && || ! - + / 1 0 1u 1.5 'a' b'a' null true .?b [?0] .value() .sum()";
  const openings = 'has( size( int( string( timestamp( .getHours( .split( optional.of( quantity( .format(';
  const word = fc.constantFrom(...names.split(' '), ...openings.split(' '), '.all(x, ', '.map(x, ');
  const program = fc.array(word, { maxLength: 14 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(program, fc.jsonValue(), (source, self) => {
      for (const compiled of [environment.compile(source), environment.parse(source)]) {
        if ('errors' in compiled) {
          assert.match(compiled.errors, /^ERROR: <input>:/);
          continue;
        }
        // JSON that fast-check makes is JSON.
        const bindings = new Map([['self', valueOfJson(self as Parameters<typeof valueOfJson>[0])]]);
        const { result } = compiled.expression.evaluate(bindings, { costLimit: 10_000 });
        assert.ok(isError(result) || result !== undefined);
      }
    }),
    { numRuns: 3000 },
  );
});
