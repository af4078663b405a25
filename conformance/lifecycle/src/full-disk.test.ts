/** A disk without space: writes say so, reads go on, and writing goes on by itself once there is space. Needs root for a small disk. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually, runCommand, TestPlatform } from '@kindred-conformance/clients';
import { rawClient } from './raw-client.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const bare = ['--runtime', 'none', '--extensions', 'none'];

it('answers 503 to writes and goes on reading, then goes on writing', {
  skip: process.getuid?.() !== 0 && 'needs root',
}, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-disk-'));
  const data = join(directory, 'data');
  await mkdir(data);
  const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'kindred-test', data]);
  t.after(async () => {
    await runCommand('umount', ['--lazy', data]);
    await rm(directory, { recursive: true, force: true });
  });
  if (mounted.code !== 0) return t.skip(`mount says: ${mounted.stderr.trim()}`);
  const platform = await TestPlatform.start({ directory, args: bare });
  t.after(() => platform.end());
  const client = await rawClient(platform.kubeconfig);
  const create = (name: string) =>
    client.http2({
      method: 'POST',
      path: configMaps,
      contentType: 'application/json',
      body: JSON.stringify({ metadata: { name }, data: { text: name.repeat(100) } }),
    });

  const ballast = join(data, 'ballast');
  const acknowledged: string[] = [];
  const { bavail, bsize } = await statfs(data);
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 64 * 1024)));
  const refused = await eventually(
    'the disk to be full',
    async () => {
      const name = `filler-${acknowledged.length}`;
      const response = await create(name);
      if (response.status !== 201) return response;
      acknowledged.push(name);
      return undefined;
    },
    { interval: 0 },
  );
  assert.equal(refused.status, 503);
  assert.match(refused.message, /no space left/);

  const list = await client.http2({ method: 'GET', path: configMaps });
  assert.equal(list.status, 200);
  for (const name of acknowledged) assert.ok(list.text.includes(`"${name}"`), name);
  const ready = await client.http2({ method: 'GET', path: '/readyz' });
  assert.ok(ready.status === 500 ? /\[-\]etcd failed/.test(ready.text) : ready.text === 'ok', ready.text);

  await rm(ballast);
  await eventually('writes to be taken', async () => ((await create('after')).status === 201 ? true : undefined));
  assert.equal((await client.http2({ method: 'GET', path: '/readyz' })).text, 'ok');
  assert.equal((await platform.end()).code, 0);

  const again = await TestPlatform.start({ directory, args: bare });
  const names = await again.kubectlOk(['get', 'configmaps', '--output', 'name']);
  for (const name of [...acknowledged, 'after']) assert.ok(names.includes(`configmap/${name}\n`), name);
  assert.equal((await again.end()).code, 0);
});

it('says that there is no space to start', { skip: process.getuid?.() !== 0 && 'needs root' }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-disk-'));
  const data = join(directory, 'data');
  await mkdir(data);
  const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'kindred-test', data]);
  t.after(async () => {
    await runCommand('umount', ['--lazy', data]);
    await rm(directory, { recursive: true, force: true });
  });
  if (mounted.code !== 0) return t.skip(`mount says: ${mounted.stderr.trim()}`);
  await assert.rejects(TestPlatform.start({ directory, args: bare }), (error: Error) => {
    assert.match(error.message, /no space left/i);
    assert.doesNotMatch(error.message, / at .*:\d+:\d+/);
    return true;
  });
});
