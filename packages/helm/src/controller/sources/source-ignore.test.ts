import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { withoutIgnored } from './source-ignore.ts';

const run = promisify(execFile);

const file = (name: string, text = '') => ({ name, data: Buffer.from(text) });

function left(names: readonly string[], rules: string): string[] {
  return withoutIgnored(
    names.map((name) => file(name)),
    { rules, defaults: false },
  ).map(({ name }) => name);
}

test('everything but one directory, and not all of that', () => {
  const names = ['a', 'deploy/a.yaml', 'deploy/docs/b.md', 'deploy/b.md', 'other/deploy/c'];
  assert.deepEqual(left(names, '# all\n/*\n!/deploy\n/deploy/**/*.md\n'), ['deploy/a.yaml']);
});

test('what Flux leaves out, unless the object has rules; files in directories count for these', () => {
  const names = ['Chart.yaml', 'logo.png', 'deep/logo.png', '.github/x', '.gitignore', 'a/.sops.yaml'];
  const files = [
    ...names.map((name) => file(name)),
    file('deep/.sourceignore', '/x\n!logo.png'),
    file('deep/x'),
    file('x'),
  ];
  const names_ = (settings: Parameters<typeof withoutIgnored>[1]) =>
    withoutIgnored(files, settings).map(({ name }) => name);
  assert.deepEqual(names_({ defaults: true }), ['Chart.yaml', 'deep/logo.png', 'deep/.sourceignore', 'x']);
  assert.deepEqual(names_({ defaults: true, rules: 'x' }), [
    'Chart.yaml',
    'logo.png',
    'deep/logo.png',
    'a/.sops.yaml',
    'deep/.sourceignore',
  ]);
  const above = [file('.sourceignore', '*.png')];
  assert.deepEqual(
    withoutIgnored([file('a/b.png'), file('a/c')], { defaults: false }, above).map(({ name }) => name),
    ['a/c'],
  );
});

test('judges any rules as git does', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-ignore-'));
  t.after(() => rm(directory, { recursive: true }));
  await run('git', ['init', '--quiet', directory]);
  // Two stars within a name are not defined.
  const segment = fc
    .stringMatching(/^[ab*?]{1,3}$|^\[!?ab\][ab]?$|^\[a-b\]$|^\*\*$|^\\a$/)
    .filter((text) => text === '**' || !text.includes('**'));
  const rule = fc
    .tuple(
      fc.constantFrom('', '', '!', '/', '!/'),
      fc.array(segment, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/'),
    )
    .map(([start, segments, end]) => `${start}${segments.join('/')}${end}`);
  const names = ['a', 'b', 'ab', 'aab', 'c'].flatMap((one) => [
    one,
    `d${one}/a`,
    `a/${one}`,
    `a/b/${one}`,
    `${one}x/a/b/b`,
  ]);
  const files = [...new Set(names)].filter((name) => !names.some((other) => other.startsWith(`${name}/`)));
  for (const name of files) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), '');
  }
  const check = fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 4 }), async (rules) => {
    await writeFile(join(directory, '.git/info/exclude'), `${rules.join('\n')}\n`);
    const { stdout } = await run('git', ['-C', directory, 'ls-files', '--others', '--exclude-standard']);
    assert.deepEqual(
      left(files, rules.join('\n')).sort(),
      stdout
        .split('\n')
        .filter((name) => name !== '')
        .sort(),
      rules.join('\n'),
    );
  });
  await fc.assert(check, { numRuns: 30 });
});
