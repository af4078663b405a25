import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GitSource } from '../../intent/release-intent.ts';
import { SourceError } from '../source-error.ts';
import type { SourceTree } from '../source-tree.ts';
import { fetchGitChart } from './git-source.ts';
import { CHART_YAML, testRepository } from './testing.ts';

function filesOf({ chart }: SourceTree) {
  assert.ok(!(chart instanceof Uint8Array));
  return chart;
}

function namesOf(tree: SourceTree): string[] {
  return filesOf(tree)
    .map(({ name }) => name)
    .sort();
}

function textOf(tree: SourceTree, name: string): string {
  return Buffer.from(filesOf(tree).find((file) => file.name === name)?.data ?? []).toString();
}

function failsWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.match(error.message, pattern);
    return true;
  };
}

test('branches, tags, ranges of tags, names, commits; only the files of the chart, without those that it ignores', async (t) => {
  const { options, commit, source, git } = await testRepository(t);
  const first = await commit({ 'charts/web/Chart.yaml': CHART_YAML, 'other/file': 'x' }, 'v1.0.0');
  const second = await commit(
    {
      'charts/web/values.yaml': 'a: 1',
      'charts/web/.helmignore': 'notes/\n',
      'charts/web/notes/x': '',
      // What an archive would leave out or change stays as it is.
      '.gitattributes': 'values.yaml export-ignore\n',
    },
    'v1.2.0',
  );
  const third = await commit({ 'charts/web/values.yaml': 'a: 2' }, 'v2.0.0');
  await git('update-ref', 'refs/pull/7/head', second);
  const fetch = (ref: GitSource['ref']) => fetchGitChart(source({ path: 'charts/web', ref }), options);
  const newest = await fetch({});
  assert.equal(newest.origin, third);
  assert.deepEqual(namesOf(newest), ['.helmignore', 'Chart.yaml', 'values.yaml']);
  assert.equal((await fetch({ branch: 'main' })).origin, third);
  assert.equal((await fetch({ tag: 'v1.0.0' })).origin, first);
  assert.equal((await fetch({ semver: '1.x', tag: 'v2.0.0' })).origin, second);
  assert.equal((await fetch({ name: 'refs/pull/7/head', semver: '2.x' })).origin, second);
  const old = await fetch({ commit: second, name: 'refs/heads/main' });
  assert.equal(textOf(old, 'values.yaml'), 'a: 1');
});

test('an archive in place of a directory', async (t) => {
  const { options, commit, source } = await testRepository(t);
  await commit({ 'web-1.0.0.tgz': 'packed' });
  const { chart, all } = await fetchGitChart(source({ path: 'web-1.0.0.tgz' }), options);
  assert.ok(chart instanceof Uint8Array);
  assert.equal(Buffer.from(chart).toString(), 'packed');
  assert.equal((await all()).length, 1);
  await assert.rejects(fetchGitChart(source({ path: 'no.tgz' }), options), failsWith(/there is no file no\.tgz/));
});

test('what is not there is told, and other protocols and what git would take for options are refused', async (t) => {
  const { url, options, commit, source, directory } = await testRepository(t);
  await commit({ 'Chart.yaml': CHART_YAML });
  const failing: readonly (readonly [Partial<GitSource>, RegExp])[] = [
    [{ ref: { branch: 'gone' } }, /has no branch gone/],
    [{ ref: { tag: 'gone' } }, /has no tag gone/],
    [{ ref: { name: 'refs/pull/1/head' } }, /has no reference refs\/pull\/1\/head/],
    [{ ref: { semver: '9.x' } }, /no tag in the range 9\.x/],
    [{ ref: { commit: '0'.repeat(40) } }, /has no commit 0000/],
    [{ ref: { commit: '--batch-all-objects' } }, /no full name of a commit/],
    [{ ref: { commit: '0'.repeat(40), branch: '+a:b' } }, /no name of a reference/],
    [{ path: 'gone' }, /there is no directory gone/],
    [{ path: 'Chart.yaml' }, /Chart\.yaml of .* is no directory/],
    [{ url: 'file:///nowhere/at/all' }, /git ls-remote: .*nowhere/],
    [{ url: '--upload-pack=touch /tmp/x' }, /no URL of a repository/],
    [{ url: 'ext::sh -c true' }, /transport 'ext' not allowed/],
    [{ url: 'ssh://git@127.0.0.1:1/x' }, /needs a Secret with identity and known_hosts/],
    [{ url: 'git@localhost:x' }, /needs a Secret with identity and known_hosts/],
  ];
  for (const [more, message] of failing) {
    await assert.rejects(fetchGitChart(source({ url, ...more }), options), failsWith(message), JSON.stringify(more));
  }
  await symlink('/etc/passwd', join(directory, 'link'));
  await commit({});
  await assert.rejects(fetchGitChart(source(), options), failsWith(/the chart has a link: link/));
});

test('what was fetched with credentials is not there for others', async (t) => {
  const { options, commit, source } = await testRepository(t, { login: { data: { username: 'ann', password: 'x' } } });
  const first = await commit({ 'Chart.yaml': CHART_YAML });
  await fetchGitChart(source({ access: { secret: { namespace: '', name: 'login' } } }), options);
  // Without asking the server, since it is known already.
  const gone = { ...options, protocols: [] };
  const wanted = source({ ref: { commit: first } });
  const withLogin = { ...wanted, access: { secret: { namespace: '', name: 'login' } } };
  assert.equal((await fetchGitChart(withLogin, gone)).origin, first);
  await assert.rejects(fetchGitChart(wanted, gone), failsWith(/not allowed/));
});

test('files that the repository or the object leaves out', async (t) => {
  const { options, commit, source } = await testRepository(t);
  await commit({
    '.sourceignore': 'charts/web/*.md\n',
    'charts/web/Chart.yaml': CHART_YAML,
    'charts/web/notes.md': '',
    'charts/web/logo.png': '',
    'charts/web/docs/a': '',
    'charts/web/docs/b': '',
  });
  const fetch = async (ignore: GitSource['ignore']) =>
    namesOf(await fetchGitChart(source({ path: 'charts/web', ...(ignore === undefined ? {} : { ignore }) }), options));
  assert.deepEqual(await fetch(undefined), ['Chart.yaml', 'docs/a', 'docs/b', 'logo.png']);
  assert.deepEqual(await fetch({ defaults: true }), ['Chart.yaml', 'docs/a', 'docs/b']);
  const rules = '/charts/web/docs/*\n!/charts/web/docs/a\n!/charts/web/notes.md';
  assert.deepEqual(await fetch({ defaults: true, rules }), ['Chart.yaml', 'docs/a', 'logo.png', 'notes.md']);
});

test('submodules, when they are asked for: inside of the chart, around it, and of each other', async (t) => {
  const inner = await testRepository(t);
  await inner.commit({ leaf: 'innermost' });
  const library = await testRepository(t);
  await library.git('submodule', '--quiet', 'add', inner.url, 'nested');
  await library.commit({ 'web/Chart.yaml': CHART_YAML, 'web/templates/a.yaml': 'a: b' });
  const { git, options, commit, source } = await testRepository(t);
  await git('submodule', '--quiet', 'add', library.url, 'vendor/library');
  await commit({ 'Chart.yaml': CHART_YAML });
  const all = await fetchGitChart(source({ recurseSubmodules: true }), options);
  const prefix = 'vendor/library/';
  const expected = [`${prefix}web/Chart.yaml`, `${prefix}web/templates/a.yaml`, `${prefix}nested/leaf`];
  for (const name of expected) assert.ok(namesOf(all).includes(name), name);
  assert.equal(textOf(all, `${prefix}nested/leaf`), 'innermost');
  const around = await fetchGitChart(source({ recurseSubmodules: true, path: 'vendor/library/web' }), options);
  assert.deepEqual(namesOf(around), ['Chart.yaml', 'templates/a.yaml']);
  await assert.rejects(fetchGitChart(source({ path: 'vendor/library/web' }), options), failsWith(/no directory/));
  assert.deepEqual(namesOf(await fetchGitChart(source(), options)), ['.gitmodules', 'Chart.yaml']);
});

test('directories of other repositories, over what is there and beside it', async (t) => {
  const other = await testRepository(t);
  await other.commit({ 'base/values.yaml': 'a: other', 'base/more': '', 'x/y': '' });
  const { options, commit, source } = await testRepository(t);
  await commit({ 'web/Chart.yaml': CHART_YAML, 'web/values.yaml': 'a: own' });
  const included = (from: string, to: string) =>
    source({ path: 'web', include: [{ repository: other.source(), from, to }] });
  const over = await fetchGitChart(included('base', 'web'), options);
  assert.deepEqual(namesOf(over), ['Chart.yaml', 'more', 'values.yaml']);
  assert.equal(textOf(over, 'values.yaml'), 'a: other');
  assert.ok(namesOf(await fetchGitChart(included('x', 'web/files'), options)).includes('files/y'));
  assert.deepEqual(namesOf(await fetchGitChart(included('', 'elsewhere'), options)), ['Chart.yaml', 'values.yaml']);
  const inside = { ...included('', 'vendor'), path: 'vendor/base' };
  assert.deepEqual(namesOf(await fetchGitChart(inside, options)), ['more', 'values.yaml']);
  await assert.rejects(fetchGitChart(included('none', 'web/x'), options), failsWith(/no directory none/));
});
