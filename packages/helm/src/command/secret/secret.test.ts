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

test('an editor changes encrypted files; another key takes the place of the old one', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-secret-'));
  t.after(() => rm(directory, { recursive: true }));
  const at = (name: string): string => join(directory, name);
  const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
  // Changes what it is given as told, and notes what it saw.
  await writeFile(
    at('editor.mjs'),
    "import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';\n" +
      'const [from, to, path] = process.argv.slice(2);\n' +
      "const text = readFileSync(path, 'utf8');\n" +
      `appendFileSync(${JSON.stringify(at('seen'))}, \`\${(statSync(path).mode & 0o777).toString(8)} \${path} \${text}\`);\n` +
      "if (from === 'fail') process.exit(3);\n" +
      "writeFileSync(path, from === 'new' ? to : text.replace(from, to));\n",
  );
  const run = async (words: readonly string[], ...edit: readonly string[]) => {
    const EDITOR = [process.execPath, at('editor.mjs'), ...edit].join(' ');
    const host = { ...testHost({ HOME: directory, EDITOR, PATH: process.env['PATH'] ?? '' }), directory };
    const code = await runHelm(words, host);
    return { code, output: host.said.output.join(''), errors: host.said.errors.join('') };
  };
  await writeFile(at('.werf_secret_key'), (await run(['secret', 'key'])).output);
  await writeFile(at('secret-values.yaml'), 'db:\n  user: ann # who\n  password: geheim\n');
  await run(['secret', 'values', 'encrypt', 'secret-values.yaml', '--out', 'secret-values.yaml']);
  const before = await text('secret-values.yaml');

  const edit = ['secret', 'values', 'edit', 'secret-values.yaml'];
  assert.deepEqual(await run(edit, 'geheim', 'g2'), { code: 0, output: '', errors: '' });
  const [, user, password] = (await text('secret-values.yaml')).split('\n');
  assert.equal(user, before.split('\n')[1], 'what is not changed stays as it is');
  assert.notEqual(password, before.split('\n')[2]);
  const decrypt = ['secret', 'values', 'decrypt', 'secret-values.yaml'];
  assert.equal((await run(decrypt)).output, 'db:\n  user: "ann" # who\n  password: "g2"\n');
  const [, mode = '', path = ''] = /^(\d+) (\S+) /.exec(await text('seen')) ?? [];
  assert.equal(mode, '600');
  await assert.rejects(stat(path), { code: 'ENOENT' });

  const kept = await text('secret-values.yaml');
  assert.equal((await run(edit, 'nothing', 'x')).code, 0);
  assert.match((await run(edit, 'fail', 'x')).errors, /ended with exit code 3: nothing was changed/);
  const broken = await run(edit, 'g2', '[geheim');
  assert.equal(broken.code, 0);
  const bad = await run(edit, '"ann"', '[');
  assert.match(
    bad.errors,
    /^secret-values\.yaml: it is no YAML: line 3: .*; put it right, .*\nError: secret-values\.yaml: it is no YAML/,
  );
  assert.equal((await run(edit, '[geheim', 'g2')).code, 0);
  assert.equal((await run(decrypt)).output, 'db:\n  user: "ann" # who\n  password: "g2"\n');
  assert.equal(kept.split('\n')[1], user);

  await mkdir(at('secret/deep'), { recursive: true });
  assert.equal((await run(['secret', 'file', 'edit', 'secret/deep/new'], 'new', 'content')).code, 0);
  assert.doesNotMatch(await text('secret/deep/new'), /content/);
  await writeFile(at('old-key'), await text('.werf_secret_key'));
  await writeFile(at('.werf_secret_key'), (await run(['secret', 'key'])).output);
  await writeFile(at('more.yaml'), 'a: plain\n');
  const rotate = ['secret', 'rotate-secret-key', '--old-secret-key-file', 'old-key'];
  const all = [await text('secret-values.yaml'), await text('secret/deep/new')];
  assert.match((await run([...rotate, 'more.yaml'])).errors, /more\.yaml: a \(line 1\): it is not encrypted/);
  assert.deepEqual([await text('secret-values.yaml'), await text('secret/deep/new')], all, 'nothing before all of it');
  assert.match(
    (await run(['secret', 'rotate-secret-key'])).errors,
    /there is no old secret key: not by --old-secret-key-file/,
  );
  assert.equal((await run(rotate)).code, 0);
  assert.equal((await run(decrypt)).output, 'db:\n  user: "ann" # who\n  password: "g2"\n');
  assert.equal((await run(['secret', 'file', 'decrypt', 'secret/deep/new'])).output, 'content');
});
