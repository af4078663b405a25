import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GoMap, type GoValue } from '../go/value.ts';
import { quickRead } from './quick-read.ts';
import { readCompletely, YamlError } from './read.ts';
import { writePrettyYaml, writeYaml } from './write.ts';

const key = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_./-]{1,8}$/),
  fc.constantFrom('on', 'y', '1', 'a b', '<<', '', '~', 'é'),
);
const text = fc.oneof(
  fc.stringMatching(/^[ \n\ta:#'"\-[\]{},&*|>%?\\é]{0,10}$/),
  fc.stringMatching(/^[a-z ]{0,100}$/),
  fc.stringMatching(/^[a-z ]{0,9}\n[a-z \n]{0,20}$/),
  fc.constantFrom(
    'yes',
    '0777',
    '1e3',
    '1_000',
    '.inf',
    '---',
    '...',
    '- a',
    'a: b',
    '=',
    '\u00a0',
    'a\u00a0',
    '-',
    '--',
  ),
);
const { value } = fc.letrec<{ value: GoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((members) => new GoMap(members)),
  ),
}));

/** What the complete reader makes of it: a value, or nothing for what is no YAML. */
function complete(source: string): { documents: GoValue[] } | undefined {
  try {
    return { documents: readCompletely(source) };
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function agrees(source: string): boolean {
  const quick = quickRead(source);
  if (quick === undefined) return false;
  assert.deepEqual({ documents: [quick] }, complete(source), JSON.stringify(source));
  return true;
}

/** One line of a text repeated, removed, moved to the right or to the left, or a character put into it or taken out. */
const edit = fc.tuple(
  fc.nat(),
  fc.nat(),
  fc.constantFrom(
    '',
    '  ',
    ' ',
    '- ',
    ': ',
    ' #',
    '\n',
    '"',
    "'",
    '|',
    '{',
    ']',
    ',',
    '&a ',
    '*a',
    '\t',
    '---',
    'k:',
    '>',
  ),
);

function edited(source: string, [line, column, piece]: [number, number, string]): string {
  const lines = source.split('\n');
  const index = line % lines.length;
  const old = lines[index] ?? '';
  const at = column % (old.length + 1);
  lines[index] = old.slice(0, at) + piece + old.slice(piece === '' ? at + 1 : at);
  return lines.join('\n');
}

test('reads what it reads as the complete reader does, and gives up on the rest', () => {
  let read = 0;
  fc.assert(
    fc.property(value, fc.array(edit, { maxLength: 3 }), fc.boolean(), fc.boolean(), (sample, edits, pretty, cut) => {
      let source = (pretty ? writePrettyYaml : writeYaml)(
        new GoMap([
          ['v', sample],
          ['w', 'end'],
        ]),
      );
      for (const each of edits) source = edited(source, each);
      if (cut) source = source.trimEnd();
      if (agrees(source)) read++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(read > 500, `only ${read} texts were read at once`);
});

test('agrees about short texts of the characters that mean something', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'a',
          'b: ',
          'c:',
          ': ',
          '\n',
          '\n  ',
          '\n    ',
          '- ',
          ' # x',
          "'",
          '"',
          '[',
          ']',
          '{d: ',
          '}',
          ', ',
          '|',
          '|-',
          '|+',
          '\t',
          '0',
          '~',
        ),
        { maxLength: 14 },
      ),
      (pieces) => {
        agrees(pieces.join(''));
      },
    ),
    { numRuns: 20_000 },
  );
});

test('reads what manifests are made of', () => {
  const manifest = `# a comment
apiVersion: v1
kind: ConfigMap
metadata:
  name: "x"   # named
  labels: {a: b, c: [1, 'two']}
  annotations:

    helm.sh/hook-weight: "5"
data:
  - one
  -
    k: v
  - - nested
    - 'it''s'
  text: |
    first

      second
`;
  assert.equal(quickRead(manifest), undefined, 'a list and a map in one column');
  const fixed = manifest.replace('  text: |', 'more:\n- a\ntext: |');
  assert.ok(agrees(fixed));
  assert.ok(agrees(fixed.trimEnd()));
});

test('builds only what is wanted, and finds what is broken elsewhere', () => {
  const wanted = new Set(['kind']);
  assert.deepEqual(quickRead('kind: A\nspec:\n  a: [1]\n', wanted), new GoMap([['kind', 'A']]));
  assert.equal(quickRead('kind: A\nspec:\n  a: [1\n', wanted), undefined);
  assert.equal(quickRead('kind: A\nspec:\n  a: .inf\n', wanted), undefined);
});
