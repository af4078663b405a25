/** `package`, `verify` and `show` of both programs. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateKey } from 'openpgp';
import { chartArchive } from './fixtures/chart-archive.ts';
import { CommandComparison, type Step } from './fixtures/compare-commands.ts';

const commands = (...lines: readonly string[]): Step[] => lines.map((line) => ({ words: line.split(' ') }));

async function start(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>) {
  const both = await CommandComparison.start({ files });
  t.after(() => both.close());
  const same = async (...steps: readonly Step[]): Promise<void> => {
    const differences = await both.run(steps);
    assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
  };
  return { both, same };
}

const web = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\nkeywords: [a]\ndescription: "a: b"\n',
  'web/values.yaml': '# about\na:\n  b: [1, {c: x}]\n  d: 1.5\n  e: {f: null}\nlarge: 1000000\n',
  'web/README.md': '# Web\n',
  'web/crds/b.yaml': '---\nkind: B\n',
  'web/crds/a.yaml': 'kind: A\n',
  'web/crds/notes.txt': 'no crd\n',
  'web/templates/a.yaml': 'kind: A\n',
  'web/charts/inner/Chart.yaml': 'apiVersion: v2\nname: inner\nversion: 0.1.0\n',
  'web/charts/inner/crds/c.yaml': 'kind: C\n',
  'bare/Chart.yaml': 'apiVersion: v1\nname: bare\nversion: 0.1.0\n',
  'bare/readme': 'plain',
};

test('shows charts as helm does', async (t) => {
  const { same } = await start(t, { ...web, 'packed.tgz': chartArchive('packed', '1.0.0') });
  for (const part of ['all', 'chart', 'values', 'readme', 'crds']) {
    await same(...commands(`show ${part} web`, `show ${part} bare`, `inspect ${part} packed.tgz`));
  }
  const paths = [
    '{.a}',
    '{.a.b[0]}',
    '{.a.b[1].c}',
    '{.missing}',
    '{.a.d} and {.a.b}',
    '{@.a.d}',
    '{.large}',
    '{.a.b[*]}',
    'text',
  ];
  await same(...paths.map((path) => ({ words: ['show', 'values', 'web', '--jsonpath', path] })));
  await same({ words: ['show', 'values', 'web', '--jsonpath', '{range .a.b[*]}[{@}]{"\\n"}{end}'] });
  await same({ words: ['show', 'values', 'web', '--jsonpath', '{.a'] });
  await same(
    ...commands(
      'show values',
      'show chart nowhere',
      'show chart ./nowhere',
      'show all web --verify',
      'show crds packed.tgz --verify',
    ),
  );
});

test('packages and verifies charts as helm does', async (t) => {
  const key = await generateKey({
    type: 'ecc',
    userIDs: [{ name: 'Jane', email: 'jane@example.org' }],
    format: 'object',
  });
  const { both, same } = await start(t, {
    ...web,
    'secret.gpg': key.privateKey.write(),
    'public.gpg': key.publicKey.write(),
    'broken/Chart.yaml': 'apiVersion: v2\nname: broken\n',
    'needs/Chart.yaml':
      'apiVersion: v2\nname: needs\nversion: 1.0.0\ndependencies:\n- {name: db, version: "1", repository: ""}\n',
    'badschema/Chart.yaml': 'apiVersion: v2\nname: badschema\nversion: 1.0.0\n',
    'badschema/values.schema.json': '{',
  });
  await same(
    ...commands(
      'package',
      'package nowhere',
      'package web/templates',
      'package broken',
      'package needs',
      'package badschema',
      'package web --version x',
      'package web bare',
      'package web --version 2.0.0 --app-version 7 -d out/deep',
      'package web --sign',
      'package web --sign --key Jane',
      'package web --sign --key Nobody --keyring secret.gpg',
      'package web --sign --key Jane --keyring public.gpg',
      'package web --sign --key Jane --keyring secret.gpg --passphrase-file nowhere',
      'package web --sign --key Jane --keyring secret.gpg -d signed',
      'verify',
      'verify nowhere.tgz',
      'verify web',
      'verify web/Chart.yaml',
      'verify web-1.0.0.tgz',
      'verify signed/web-1.0.0.tgz',
      'verify signed/web-1.0.0.tgz --keyring secret.tgz',
    ),
  );
  for (const path of ['web-1.0.0.tgz', 'bare-0.1.0.tgz', 'out/deep/web-2.0.0.tgz', 'signed/web-1.0.0.tgz']) {
    const copy = await readFile(join(both.ours.path, path));
    await both.helm.write({ [`ours/${path}`]: copy });
    const shown = [await both.helm.helm(['show', 'all', path]), await both.helm.helm(['show', 'all', `ours/${path}`])];
    assert.deepEqual(shown[0], shown[1], path);
  }
  // Digests of archives differ, since Go compresses otherwise: each program checks what the other signed.
  for (const [from, to] of [
    [both.ours, both.helm],
    [both.helm, both.ours],
  ] as const) {
    for (const file of ['web-1.0.0.tgz', 'web-1.0.0.tgz.prov']) {
      await to.write({ [`other/${file}`]: await readFile(join(from.path, 'signed', file)) });
    }
  }
  const digest = /sha256:[0-9a-f]{64}/;
  const words = ['verify', 'other/web-1.0.0.tgz', '--keyring', 'public.gpg'];
  const [theirs, own] = [await both.helm.helm(words), await both.ours.ours(words)];
  assert.deepEqual([theirs.code, own.code], [0, 0], theirs.stderr + own.stderr);
  assert.equal(own.stdout.replace(digest, ''), theirs.stdout.replace(digest, ''));
  const show = ['show', 'chart', 'other/web-1.0.0.tgz', '--verify', '--keyring', 'public.gpg'];
  assert.deepEqual(await both.ours.ours(show), await both.helm.helm(show));
});

test('packages with dependencies brought up to date', async (t) => {
  const { same, both } = await start(t, {
    'app/Chart.yaml':
      'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: lib, version: ">=0.1.0", repository: "file://../lib"}\n',
    'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.2.0\n',
  });
  await same(...commands('package app', 'package app -u', 'show all app-1.0.0.tgz'));
  const shown = await both.ours.helm(['show', 'all', 'app-1.0.0.tgz']);
  assert.match(shown.stdout, /name: lib/);
});
