import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { chartOf } from './chart-content.ts';
import { fetchGitChart, type GitFetchOptions } from './git-source.ts';
import { SourceError } from './source-error.ts';
import { credentialsOf } from './source-secret.ts';

const run = promisify(execFile);

interface Repository {
  readonly url: string;
  readonly options: GitFetchOptions;
  commit(files: Readonly<Record<string, string>>, tag?: string): Promise<string>;
  readonly directory: string;
}

async function repository(t: TestContext): Promise<Repository> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-git-'));
  t.after(() => rm(directory, { recursive: true }));
  const work = join(directory, 'work');
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=Suite', '-c', 'user.email=suite@localhost'];
    return (await run('git', [...identity, '-C', work, ...args])).stdout.trim();
  };
  await mkdir(work);
  await git('init', '--quiet', '--initial-branch=main');
  return {
    directory: work,
    url: `file://${work}`,
    options: { cacheDirectory: join(directory, 'cache'), protocols: ['file'], environment: process.env },
    async commit(files, tag) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(work, name)), { recursive: true });
        await writeFile(join(work, name), content);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', 'x');
      if (tag !== undefined) await git('tag', '--annotate', '--message', 'x', tag);
      return git('rev-parse', 'HEAD');
    },
  };
}

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

test('git: branches, tags, ranges of tags, commits; only the files of the chart, without those that it ignores', async (t) => {
  const { url, options, commit } = await repository(t);
  const first = await commit({ 'charts/web/Chart.yaml': chartYaml, 'other/file': 'x' }, 'v1.0.0');
  const second = await commit(
    { 'charts/web/values.yaml': 'a: 1', 'charts/web/.helmignore': 'notes/\n', 'charts/web/notes/x': '' },
    'v1.2.0',
  );
  const third = await commit({ 'charts/web/values.yaml': 'a: 2' }, 'v2.0.0');
  const fetch = (ref: object) => fetchGitChart({ url, path: 'charts/web', ref }, options);
  const newest = await fetch({});
  assert.equal(newest.commit, third);
  assert.deepEqual(newest.files.map(({ name }) => name).sort(), ['.helmignore', 'Chart.yaml', 'values.yaml']);
  assert.equal((await fetch({ branch: 'main' })).commit, third);
  assert.equal((await fetch({ tag: 'v1.0.0' })).commit, first);
  assert.equal((await fetch({ semver: '1.x' })).commit, second);
  const old = await fetch({ commit: second });
  assert.equal(Buffer.from(old.files.find(({ name }) => name === 'values.yaml')?.data ?? []).toString(), 'a: 1');
  const chart = chartOf(newest.files, newest.commit, { valuesFiles: [], ignoreMissingValuesFiles: false });
  assert.equal(chart.chart.metadata.name, 'web');
});

test('git: what is not there is told, and other protocols are refused', async (t) => {
  const { url, options, commit, directory } = await repository(t);
  await commit({ 'Chart.yaml': chartYaml });
  const failing: readonly (readonly [Parameters<typeof fetchGitChart>[0], RegExp])[] = [
    [{ url, path: '', ref: { branch: 'gone' } }, /has no branch gone/],
    [{ url, path: '', ref: { tag: 'gone' } }, /has no tag gone/],
    [{ url, path: '', ref: { semver: '9.x' } }, /no tag in the range 9\.x/],
    [{ url, path: '', ref: { commit: '0'.repeat(40) } }, /has no commit 0000/],
    [{ url, path: 'gone', ref: {} }, /there is no directory gone/],
    [{ url: 'file:///nowhere/at/all', path: '', ref: {} }, /git ls-remote: .*nowhere/],
    [{ url: '--upload-pack=touch /tmp/x', path: '', ref: {} }, /no URL of a repository/],
    [{ url: 'ext::sh -c true', path: '', ref: {} }, /transport 'ext' not allowed/],
  ];
  for (const [chart, message] of failing) {
    await assert.rejects(fetchGitChart(chart, options), (error: unknown) => {
      assert.ok(error instanceof SourceError);
      assert.match(error.message, message);
      return true;
    });
  }
  await symlink('/etc/passwd', join(directory, 'link'));
  await commit({});
  await assert.rejects(fetchGitChart({ url, path: '', ref: {} }, options), /the chart has a link: link/);
});

const file = (name: string, text: string) => ({ name, data: Buffer.from(text) });

test('the digest is that of the content, and other values files make another one', () => {
  const plain = { valuesFiles: [], ignoreMissingValuesFiles: false };
  const files = [file('Chart.yaml', chartYaml), file('values.yaml', 'a: 1\nb: 1'), file('prod.yaml', 'a: 2')];
  const one = chartOf(files, 'x', plain);
  assert.equal(chartOf([...files].reverse(), 'y', plain).digest, one.digest);
  assert.notEqual(chartOf([...files.slice(0, 2), file('prod.yaml', 'a: 3')], 'x', plain).digest, one.digest);
  const prod = chartOf(files, 'x', { ...plain, valuesFiles: ['values.yaml', 'prod.yaml'] });
  assert.notEqual(prod.digest, one.digest);
  assert.deepEqual(
    [...prod.chart.values],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.throws(() => chartOf(files, 'x', { ...plain, valuesFiles: ['no.yaml'] }), /the chart has no file no\.yaml/);
  assert.throws(() => chartOf([], 'x', plain), SourceError);
});

test('credentials: plain ones, and those of the host in docker configuration', () => {
  assert.deepEqual(credentialsOf({ username: 'a', password: 'b' }, 'h'), { username: 'a', password: 'b' });
  const auth = Buffer.from('user:pass:word').toString('base64');
  const docker = JSON.stringify({
    auths: { 'https://r.example.com/v1/': { auth }, other: { username: 'x', password: 'y' } },
  });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'r.example.com'), {
    username: 'user',
    password: 'pass:word',
  });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'other'), { username: 'x', password: 'y' });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'elsewhere'), {});
  assert.throws(
    () => credentialsOf({ '.dockerconfigjson': 'hunter2' }, 'h'),
    (error: Error) => !error.message.includes('hunter2'),
  );
});
