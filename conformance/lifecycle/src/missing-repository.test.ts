/** A Website whose repository does not exist: told in its status and events, tried again and again, served once it appears. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually, runCommand, TestPlatform } from '@kindred-conformance/clients';
import { fetchPage } from './fetch-page.ts';

async function git(...args: string[]): Promise<void> {
  const { code, stderr } = await runCommand('git', args);
  assert.equal(code, 0, stderr);
}

it('says in status and events that the repository is missing, and recovers when it appears', async (t) => {
  const platform = await TestPlatform.start();
  const sites = await mkdtemp(join(tmpdir(), 'kindred-site-'));
  t.after(async () => {
    await platform.stop();
    await rm(sites, { recursive: true });
  });
  const repository = join(sites, 'late');
  const website = {
    apiVersion: 'extensions.example.com/v1',
    kind: 'Website',
    metadata: { name: 'late' },
    spec: { gitRepo: `file://${repository}` },
  };
  await platform.kubectlOk(['apply', '--filename', '-'], { input: JSON.stringify(website) });
  const path = (expression: string) => ['get', 'website', 'late', '--output', `jsonpath=${expression}`];

  await eventually('the condition', async () => {
    const synced = await platform.kubectlOk(path('{.status.conditions[?(@.type=="Synced")]}'));
    const { status, reason, message } = JSON.parse(synced) as Record<string, string>;
    assert.equal(status, 'False', synced);
    assert.equal(reason, 'GitSyncFailed');
    assert.ok(message?.includes(repository), synced);
    return true;
  });
  await eventually('the event', async () => {
    const described = await platform.kubectlOk(['describe', 'website', 'late']);
    assert.match(described, /Warning\s+GitSyncFailed.*late/);
    return true;
  });
  const restarts = 'jsonpath={.items[*].status.containerStatuses[?(@.name=="git-sync")].restartCount}';
  const label = 'extensions.example.com/website=late';
  await eventually('another try', async () => {
    const count = await platform.kubectlOk(['get', 'pods', '--selector', label, '--output', restarts]);
    return Number(count) > 0 ? true : undefined;
  });

  await mkdir(repository);
  await writeFile(join(repository, 'index.html'), 'here at last');
  await git('init', '--quiet', '--initial-branch=master', repository);
  await git('-C', repository, 'add', '--all');
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  await git('-C', repository, ...identity, 'commit', '--quiet', '--message', 'first');
  const port = await eventually(
    'a port',
    async () => (await platform.kubectlOk(path('{.status.nodePort}'))) || undefined,
  );
  const url = `http://127.0.0.1:${port}/`;
  const text = await eventually('the page', () => fetchPage(url), { timeout: 60_000 });
  assert.equal(text, 'here at last');
  await eventually('the condition to turn', async () => {
    const status = await platform.kubectlOk(path('{.status.conditions[?(@.type=="Ready")].status}'));
    return status === 'True' ? true : undefined;
  });
});
