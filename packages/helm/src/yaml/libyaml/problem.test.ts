import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMap } from '../../go/value.ts';
import { readYaml, YamlError } from '../read.ts';
import { checkGoYaml } from './problem.ts';

function problemOf(text: string): string {
  const checked = checkGoYaml(text);
  return 'problem' in checked ? checked.problem : `(${JSON.stringify(checked.document)})`;
}

// Each as the real helm says it of a value given to fromYaml.
const MESSAGES: readonly (readonly [string, string])[] = [
  ['a: b: c', 'mapping values are not allowed in this context'],
  ['x: 1\na: b: c', 'line 2: mapping values are not allowed in this context'],
  ['a:\n  b: 1\n c: 2', 'line 2: did not find expected key'],
  ['a: "x', 'found unexpected end of stream'],
  ['a: b\n\tc: 1', 'line 2: found a tab character that violates indentation'],
  ['a:\n\tb: 1', 'line 2: found character that cannot start any token'],
  ['a: {x', "line 1: did not find expected ',' or '}'"],
  ['a: [x', "line 1: did not find expected ',' or ']'"],
  ['- a\nb: 1', "line 1: did not find expected '-' indicator"],
  ['a: @x', 'found character that cannot start any token'],
  ['a: *x', "unknown anchor 'x' referenced"],
  ['a: 1\nb\nc: 2', "line 3: could not find expected ':'"],
  ['a: "\\q"', 'found unknown escape character'],
  ['a: - b', 'block sequence entries are not allowed in this context'],
  ['a: !x!y z', 'found undefined tag handle'],
  ['a: \u0001', 'control characters are not allowed'],
];

test("speaks in libyaml's words", () => {
  for (const [text, message] of MESSAGES) {
    assert.equal(problemOf(text), message, text);
    assert.throws(() => readYaml(text), { name: 'YamlError', message: `yaml: ${message}` });
  }
});

test('reads up to the end of the first document', () => {
  assert.equal(problemOf('a: 1\n---\nb: ]'), '("a: 1\\n")');
  assert.equal(problemOf('{a: b}\nx ]'), '("{a: b}\\n")');
  const read = readYaml('{a: b}\nx ]');
  assert.ok(isMap(read));
  assert.deepEqual([...read], [['a', 'b']]);
});

test('ends, whatever the text', () => {
  const piece = fc.constantFrom(
    'a',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '"',
    "'",
    '[',
    '{',
    '}',
    ', ',
    '|',
    '# ',
    '&x ',
    '*x',
    '!',
    '? ',
    '---\n',
    '\t',
    '%',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const checked = checkGoYaml(text);
      try {
        readYaml(text);
      } catch (error) {
        assert.ok(error instanceof YamlError, String(error));
        if ('problem' in checked) assert.equal(error.message, `yaml: ${checked.problem}`);
      }
    }),
    { numRuns: 1000 },
  );
  assert.match(problemOf('['.repeat(100_000)), /max depth/);
});
