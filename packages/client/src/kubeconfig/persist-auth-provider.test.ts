import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadKubeconfig, persistAuthProvider } from './load-kubeconfig.ts';

test('settings of a provider are written into the file that the user is from, and nothing else changes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-kubeconfig-'));
  t.after(() => rm(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const user = (name: string, token: string): string =>
    `- name: ${name}\n  user: {auth-provider: {name: oidc, config: {id-token: ${token}}}, extra: kept}\n`;
  const head = 'apiVersion: v1\nkind: Config\n';
  await writeFile(at('first'), `${head}users:\n${user('other', 'a')}`);
  await writeFile(at('second'), `${head}preferences: {colors: true}\nusers:\n${user('other', 'b')}${user('me', 'c')}`);
  await writeFile(at('third'), `${head}users:\n${user('me', 'd')}`);
  await chmod(at('second'), 0o640);
  await symlink(at('second'), at('link'));
  const env = { KUBECONFIG: ['missing', 'first', 'link', 'third'].map(at).join(':') };
  const before = await readFile(at('third'), 'utf8');

  await persistAuthProvider({ env }, 'me', { 'id-token': 'new', 'refresh-token': 'r' });
  const second = await loadKubeconfig({ path: at('link'), env: {} });
  assert.deepEqual(second.users, [
    { name: 'other', user: { 'auth-provider': { name: 'oidc', config: { 'id-token': 'b' } }, extra: 'kept' } },
    {
      name: 'me',
      user: {
        'auth-provider': { name: 'oidc', config: { 'id-token': 'new', 'refresh-token': 'r' } },
        extra: 'kept',
      },
    },
  ]);
  assert.match(await readFile(at('second'), 'utf8'), /colors: true/);
  assert.equal((await stat(at('second'))).mode & 0o777, 0o640);
  assert.equal(await readFile(at('third'), 'utf8'), before);

  await writeFile(at('second.lock'), '');
  await assert.rejects(persistAuthProvider({ env }, 'me', { 'id-token': 'newer' }), { code: 'EEXIST' });
  assert.doesNotMatch(await readFile(at('second'), 'utf8'), /newer/);
  await rm(at('second.lock'));
  await persistAuthProvider({ env }, 'nobody', { 'id-token': 'newer' });
  assert.deepEqual((await readdir(folder)).toSorted(), ['first', 'link', 'second', 'third']);
});
