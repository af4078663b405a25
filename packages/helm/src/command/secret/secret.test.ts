import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runHelm } from '../main.ts';
import { testHost } from '../test-host.test.fixture.ts';

test('values are encrypted, and rendered by --secret-values over those of -f; nobody else shows them', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-secret-'));
  t.after(() => rm(directory, { recursive: true }));
  const run = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const host = { ...testHost({ HOME: directory, ...environment }), directory };
    const code = await runHelm(words, host);
    return { code, output: host.said.output.join(''), errors: host.said.errors.join('') };
  };
  await mkdir(join(directory, 'web', 'templates'), { recursive: true });
  await writeFile(join(directory, 'web', 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.1.0\n');
  await writeFile(join(directory, 'web', 'values.yaml'), 'db: {password: "", user: ""}\n');
  await writeFile(join(directory, 'web', 'templates', 'a.yaml'), 'kind: A\ndb: {{ .Values.db | toJson }}\n');
  await writeFile(join(directory, 'plain.yaml'), 'db:\n  password: geheim\n');
  await writeFile(join(directory, 'other.yaml'), 'db: {password: other, user: me}\n');

  const missing = await run(['secret', 'values', 'encrypt', 'plain.yaml']);
  assert.equal(missing.code, 1);
  assert.match(
    missing.errors,
    /^Error: there is no secret key: not by --secret-key-file, nor in \$KINDRED_SECRET_KEY, /,
  );
  const { output: key } = await run(['secret', 'key']);
  await writeFile(join(directory, '.werf_secret_key'), key);
  const encrypted = await run(['secret', 'values', 'encrypt', 'plain.yaml', '--out', 'secret.yaml']);
  assert.equal(encrypted.code, 0, encrypted.errors);
  assert.equal((await stat(join(directory, 'secret.yaml'))).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(join(directory, 'secret.yaml'), 'utf8'), /geheim/);
  assert.equal((await run(['secret', 'values', 'decrypt', 'secret.yaml'])).output, 'db:\n  password: "geheim"\n');

  const given = ['--secret-values', 'secret.yaml', '-f', 'other.yaml'];
  assert.match((await run(['template', 'web', ...given])).output, /db: \{"password":"geheim","user":"me"\}/);
  const explained = await run(['values', 'explain', 'web', ...given]);
  assert.match(explained.output, /^db\.password\s+string\s+"\(hidden\)"\s+secret\.yaml:2\s/m);
  assert.doesNotMatch(explained.output, /geheim/);

  const wrong = await run(['template', 'web', ...given], { NELM_SECRET_KEY: 'geheim' });
  assert.match(wrong.errors, /the secret key in \$NELM_SECRET_KEY can't be used: a secret key is 32, 48 or 64 hexa/);
  assert.doesNotMatch(wrong.errors, /geheim/);
  const plain = await run(['template', 'web', '--secret-values', 'plain.yaml']);
  assert.match(plain.errors, /plain\.yaml: db\.password \(line 2\): it is not encrypted/);

  await writeFile(join(directory, 'web', 'templates', 'a.yaml'), 'a: {{ .Values.db.password }}\n\tb: 1\n');
  const broken = await run(['template', 'web', ...given]);
  assert.match(broken.errors, /hint: written by web\/templates\/a\.yaml|YAML parse error on web\/templates\/a\.yaml/);
  assert.doesNotMatch(broken.errors, /geheim/);

  await writeFile(join(directory, 'key.bin'), Buffer.of(0, 255, 10));
  await run(['secret', 'file', 'encrypt', 'key.bin', '--out', 'key.secret']);
  await run(['secret', 'file', 'decrypt', 'key.secret', '--out', 'key.back']);
  assert.deepEqual(await readFile(join(directory, 'key.back')), Buffer.of(0, 255, 10));
});
