/** Operations that requests have begun: they outlive the request, and end with their server, recorded as failed. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Lease } from '@kindred/apis/coordination/v1';
import { helmExtension, Release } from '@kindred/helm/controller';
import { silentLogger, systemClock } from '@kindred/machinery';
import { createManager, type ExtensionApiServer } from '@kindred/operator';
import type { ApiServerDefinition, VirtualResource } from '@kindred/operator/api-server';
import { eventually, webChart } from './fixtures/release-cluster.ts';
import { httpCluster } from './http-cluster.ts';

const HOOK =
  'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: endless\n  annotations: {helm.sh/hook: pre-rollback}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: a, image: a}]\n';

test('a rollback goes on without its request, and is recorded as failed when its server stops', async (t) => {
  const cluster = await httpCluster(t);
  const directory = await mkdtemp(join(tmpdir(), 'kindred-operations-'));
  t.after(() => rm(directory, { recursive: true }));
  const chart = join(directory, 'web.tgz');
  await writeFile(chart, webChart('1.0.0', { 'templates/hook.yaml': HOOK }));
  assert.equal((await cluster.helm('install', 'web', chart)).code, 0);
  const extension = helmExtension({ cacheDirectory: directory, inputs: [] });
  const manager = createManager({ client: cluster.client });
  const operations = extension.controllers.find(({ name }) => name === 'release operations');
  assert.ok(operations);
  manager.add(operations);
  await manager.start();
  t.after(() => manager.close());
  const releases = resourceOf(extension.apiServers, Release.plural);
  const request = new AbortController();
  const warnings: string[] = [];
  const call = {
    namespace: 'default',
    name: 'web',
    user: { username: 'person', groups: [] },
    client: cluster.client,
    caller: cluster.client,
    query: new URLSearchParams({ timeout: '250ms' }),
    clock: systemClock,
    logger: silentLogger,
    signal: request.signal,
    warn: (text: string) => void warnings.push(text),
  };
  // The resource is that of releases.
  const current = (await releases.get?.(call)) as Release;
  const object = { ...current, spec: { ...current.spec, rollbackTo: { revision: 1 } } };
  const answer = await releases.update?.({ ...call, object, current, dryRun: false, fieldManager: 'test' });
  assert.equal((answer as Release).status?.status, 'pending-rollback');
  assert.deepEqual(warnings, ['the rollback is still under way, and goes on: watch the release for its end']);
  request.abort();
  const leases = () => cluster.client.list(Lease, { namespace: 'default' });
  assert.equal((await leases()).items.length, 1);
  await manager.close();
  const { stdout } = await cluster.helm('history', 'web', '--output=json');
  const history = JSON.parse(stdout) as { status: string; description: string }[];
  assert.deepEqual(
    history.map(({ status }) => status),
    ['deployed', 'failed'],
  );
  assert.match(history[1]?.description ?? '', /the server that did it was stopped/);
  await eventually(leases, ({ items }) => items.length === 0);
});

function resourceOf(servers: readonly ExtensionApiServer[], plural: string): VirtualResource {
  for (const server of servers) {
    // Extensions only know that they have one; ours is what defineApiServer makes.
    const { resources } = server as ApiServerDefinition;
    for (const resource of resources)
      if (resource.type === 'virtual' && resource.kind.plural === plural) return resource;
  }
  throw new Error(`there is no ${plural}`);
}
