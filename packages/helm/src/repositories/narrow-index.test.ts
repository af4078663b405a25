import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GoMap, type GoValue } from '../go/value.ts';
import { writeYaml } from '../yaml/write.ts';
import { readIndex } from './index-file.ts';
import { narrowIndex } from './narrow-index.ts';

const ignore = (): void => undefined;

const word = fc.oneof(
  fc.constantFrom(
    'a\nb: c\n  web:\n',
    '  db:',
    'entries:',
    "it's",
    '|',
    '- x',
    '&a',
    '*a',
    '#',
    'x\n\n  web:\n  - y',
    '',
  ),
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[ -~\n]{0,200}$/),
);
const version = fc.record({ description: word, appVersion: word, home: word, minor: fc.integer({ min: 0, max: 99 }) });
const charts = fc.dictionary(
  fc.constantFrom('web', 'db', 'web-2', 'entries', 'z'),
  fc.array(version, { maxLength: 3 }),
);

function indexText(entries: Readonly<Record<string, readonly { readonly [name: string]: string | number }[]>>): string {
  const values = Object.entries(entries).map(([name, versions]): [string, GoValue] => [
    name,
    versions.map(
      ({ minor, ...texts }) =>
        new GoMap([
          ...Object.entries(texts).map(([key, value]): [string, GoValue] => [key, String(value)]),
          ['apiVersion', 'v2'],
          ['name', name],
          ['urls', ['x.tgz']],
          ['version', `1.${minor}.0`],
        ]),
    ),
  ]);
  return writeYaml(
    new GoMap([
      ['apiVersion', 'v1'],
      ['entries', new GoMap(values)],
      ['generated', '2026-01-01'],
    ]),
  );
}

test('finds in the cut index what the whole one says of a chart', () => {
  fc.assert(
    fc.property(charts, fc.constantFrom('web', 'db', 'entries', 'none'), (entries, name) => {
      const text = indexText(entries);
      const whole = readIndex(text, 'x', ignore);
      const cut = readIndex(narrowIndex(text, name, 0), 'x', ignore);
      assert.deepEqual(cut.entries.get(name), whole.entries.get(name));
      assert.equal(cut.apiVersion, whole.apiVersion);
    }),
  );
});

test('cuts what is large, and leaves alone what it can not be sure of', () => {
  const text = indexText({ db: [], web: [{ description: 'd', minor: 1 }], z: [] });
  assert.ok(narrowIndex(text, 'web', 0).length < text.length);
  assert.equal(narrowIndex(text, 'web'), text);
  assert.equal(narrowIndex(text, 'nothing', 0), text);
  for (const odd of [
    text.replace('description: d', 'description: &a d'),
    text.replace('description: d', 'description: *a'),
    text.replaceAll('\n', '\r\n'),
    `${text}entries:\n  web: []\n`,
    text.replace('  z:', '  web:\n  - {}\n  z:'),
    `--- \n${text}`,
  ]) {
    assert.equal(narrowIndex(odd, 'web', 0), odd);
  }
});
