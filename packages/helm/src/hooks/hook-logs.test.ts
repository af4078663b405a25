/** Logs of hooks: of the pods of a job or of a pod, all containers, when the policy asks for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pod } from '@kindred/apis/core/v1';
import { createClient, type Transport } from '@kindred/client';
import { MemoryApi } from '@kindred/client/testing';
import { type KindRef, ManualClock } from '@kindred/machinery';
import { memoryDriver } from '../release/memory-driver.ts';
import { OperationRecord } from '../release/operation-record.ts';
import { NEVER_RUN, type ReleaseHook } from '../release/release.ts';
import { sampleRelease } from '../release/release-driver-contract.test.fixture.ts';
import { ReleaseStorage } from '../release/release-storage.ts';
import { createKindMapper } from '../resources/kind-mapper.ts';
import type { Resource } from '../resources/resource.ts';
import type { HookHost, HookLog } from './hook-host.ts';
import { outputHookLogs } from './hook-logs.ts';

const Job: KindRef = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', scope: 'Namespaced' };

/** A server whose pods have logs. */
function withLogs(api: MemoryApi): Transport {
  return {
    request(request) {
      const [, pod, container] = /\/pods\/([^/]+)\/log\?container=(.+)$/.exec(request.path) ?? [];
      if (pod === undefined) return api.request(request);
      const text = Buffer.from(`${pod} ${container} says ü\n`);
      async function* body() {
        yield text.subarray(0, text.length - 2);
        yield text.subarray(text.length - 2);
      }
      return Promise.resolve({ status: 200, headers: {}, body: body() });
    },
    close: () => api.close(),
  };
}

async function setup(logs: HookLog[]): Promise<HookHost> {
  const client = createClient(withLogs(new MemoryApi()));
  for (const [name, job] of [
    ['a-1', 'a'],
    ['b-1', 'b'],
  ] as const) {
    const spec = { initContainers: [{ name: 'init', image: 'x' }], containers: [{ name: 'main', image: 'x' }] };
    await client.create(Pod, { metadata: { namespace: 'default', name, labels: { 'job-name': job } }, spec });
  }
  const storage = new ReleaseStorage(memoryDriver());
  return {
    cluster: { client, mapper: createKindMapper(client), namespace: 'default', clock: new ManualClock() },
    record: new OperationRecord(storage, sampleRelease('web', 1)),
    serverSide: true,
    strategy: 'hookOnly',
    timeoutMilliseconds: 1000,
    now: () => '',
    tell: () => undefined,
    log: (log) => logs.push(log),
    warn: () => undefined,
  };
}

const hook: ReleaseHook = {
  name: 'a',
  kind: 'Job',
  path: 'c/templates/a.yaml',
  manifest: '',
  events: ['pre-install'],
  lastRun: NEVER_RUN,
  weight: 0,
  deletePolicies: [],
  outputLogPolicies: ['hook-failed'],
};

const resource: Resource = {
  kind: Job,
  name: 'a',
  namespace: 'default',
  object: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' } },
  source: '',
};

test('all containers of the pods of a job', async () => {
  const logs: HookLog[] = [];
  await outputHookLogs(await setup(logs), hook, resource, 'hook-failed');
  assert.deepEqual(
    logs.map(({ pod, container, text }) => `${pod}/${container}: ${text}`),
    ['a-1/init: a-1 init says ü\n', 'a-1/main: a-1 main says ü\n'],
  );
});

test('nothing for other outcomes and other kinds', async () => {
  const logs: HookLog[] = [];
  const host = await setup(logs);
  await outputHookLogs(host, hook, resource, 'hook-succeeded');
  await outputHookLogs(host, hook, { ...resource, kind: { ...Job, kind: 'ConfigMap' } }, 'hook-failed');
  assert.deepEqual(logs, []);
});
