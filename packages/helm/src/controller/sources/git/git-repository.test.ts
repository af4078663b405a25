import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openGitRepository } from './git-repository.ts';
import { CHART_YAML, testRepository } from './testing.ts';

test('a copy that has grown too large is begun anew, while the old one can still be read', async (t) => {
  const { url, options, commit } = await testRepository(t);
  const { cacheDirectory, protocols, environment } = options;
  const first = await commit({ 'Chart.yaml': CHART_YAML });
  const access = {};
  const given = { cacheDirectory, protocols, environment, access, accessDigest: '' };
  const copies = async () =>
    (await readdir(join(cacheDirectory, 'git'))).map((name) => name.replace(/^.*-/, '')).sort();
  const old = await openGitRepository(url, given);
  await old.fetch(first, 'HEAD');
  await openGitRepository(url, { ...given, mostBytes: 10_000_000 });
  assert.deepEqual(await copies(), ['0']);
  const next = await openGitRepository(url, { ...given, mostBytes: 1 });
  assert.deepEqual(await copies(), ['0', '1']);
  assert.equal(await next.typeOf(first, ''), undefined);
  assert.equal((await old.files(first, ''))[0]?.name, 'Chart.yaml');
  const again = await openGitRepository(url, given);
  await again.fetch(first, 'HEAD');
  assert.equal(await next.typeOf(first, ''), 'tree', 'the newest copy is used');
});
