import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flag } from './flag.ts';
import { flagUsages } from './flag-usage.ts';
import { flagValues } from './flag-values.ts';
import { parseFlags } from './parse-flags.ts';

const flags: readonly Flag[] = [
  { kind: 'bool', name: 'all', short: 'A', usage: 'everything' },
  { kind: 'bool', name: 'short', short: 'q', usage: 'names only' },
  { kind: 'bool', name: 'apply', usage: 'on the server', default: true },
  { kind: 'int', name: 'max', short: 'm', usage: 'how many', default: 256 },
  { kind: 'string', name: 'dry-run', usage: 'try', default: 'none', bare: 'unset' },
  { kind: 'string', name: 'out', short: 'o', usage: 'form', typeName: 'format', default: 'table' },
  { kind: 'stringArray', name: 'set', usage: 'one' },
  { kind: 'strings', name: 'values', short: 'f', usage: 'several' },
  { kind: 'stringToString', name: 'labels', short: 'l', usage: 'labels' },
  { kind: 'duration', name: 'timeout', usage: 'how long', default: 300_000 },
  { kind: 'float32', name: 'qps', usage: 'rate' },
  { kind: 'bool', name: 'atomic', usage: 'old', deprecated: 'use --new instead' },
];

const parse = (...words: string[]) => {
  const { args, given } = parseFlags(flags, words);
  return { args, values: Object.fromEntries(given) };
};

test('reads each form of a flag, between arguments', () => {
  assert.deepEqual(parse('a', '--max', '3', 'b', '-Aq', '-m4', '-', '--', '--max', '-x'), {
    args: ['a', 'b', '-', '--max', '-x'],
    values: { max: 4, all: true, short: true },
  });
  assert.deepEqual(parse('-m=0x10', '--all=false', '-qojson').values, {
    max: 16,
    all: false,
    short: true,
    out: 'json',
  });
  assert.deepEqual(parse('--dry-run', 'server').args, ['server']);
  assert.deepEqual(parse('--dry-run=server', '--apply=F').values, { 'dry-run': 'server', apply: false });
});

test('collects lists: as they are, or split like a line of CSV', () => {
  assert.deepEqual(parse('--set', 'a=1,b=2', '--set=c').values, { set: ['a=1,b=2', 'c'] });
  assert.deepEqual(parse('-f', 'a,b', '-f', '"c,d",e', '-f', '').values, { values: ['a', 'b', 'c,d', 'e'] });
  const labels = parseFlags(flags, ['-l', 'a=1,b=2', '-l', 'c=x,y']).given.get('labels');
  assert.deepEqual(
    labels,
    new Map([
      ['a', '1'],
      ['b', '2'],
      ['c', 'x,y'],
    ]),
  );
});

test('reads durations as Go writes them', () => {
  assert.equal(parse('--timeout', '1h2m3.5s').values['timeout'], 3_723_500);
});

test('refuses with the words of pflag', () => {
  const refused: readonly (readonly [readonly string[], string])[] = [
    [['--nope'], 'unknown flag: --nope'],
    [['-zq'], "unknown shorthand flag: 'z' in -zq"],
    [['-qz'], "unknown shorthand flag: 'z' in -z"],
    [['--max'], 'flag needs an argument: --max'],
    [['-qm'], "flag needs an argument: 'm' in -m"],
    [['--=3'], 'bad flag syntax: --=3'],
    [['---max'], 'bad flag syntax: ---max'],
    [['-m', 'x'], 'invalid argument "x" for "-m, --max" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [
      ['--all=maybe'],
      'invalid argument "maybe" for "-A, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['--timeout', '5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--timeout', '5x'], 'invalid argument "5x" for "--timeout" flag: time: unknown unit "x" in duration "5x"'],
    [['--timeout', 'x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
    [['-l', 'foo'], 'invalid argument "foo" for "-l, --labels" flag: foo must be formatted as key=value'],
  ];
  for (const [words, message] of refused) {
    assert.throws(() => parseFlags(flags, words), { name: 'CommandError', message });
  }
});

test('gives defaults and says what was given', () => {
  const values = flagValues(flags, parseFlags(flags, ['-q', '--atomic']).given);
  assert.deepEqual([values.bool('short'), values.number('max'), values.changed('max')], [true, 256, false]);
  assert.throws(() => values.bool('max'), TypeError);
  assert.throws(() => values.bool('none'), TypeError);
});

test('lays the help of flags out as pflag does', () => {
  assert.equal(
    flagUsages(flags),
    `  -A, --all                        everything
      --apply                      on the server (default true)
      --dry-run string[="unset"]   try (default "none")
  -l, --labels stringToString      labels (default [])
  -m, --max int                    how many (default 256)
  -o, --out format                 form (default table)
      --qps float32                rate
      --set stringArray            one
  -q, --short                      names only
      --timeout duration           how long (default 5m0s)
  -f, --values strings             several
`,
  );
});
