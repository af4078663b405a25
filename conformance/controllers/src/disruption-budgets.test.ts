import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { CronJob, Job } from '@kindred/apis/batch/v1';
import { Pod } from '@kindred/apis/core/v1';
import { PodDisruptionBudget } from '@kindred/apis/policy/v1';
import { see } from '@kindred-conformance/clients/in-process';
import { testCluster } from './test-cluster.ts';

const namespace = 'default';
const labels = { app: 'web' };
const podTemplate = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main' }] } };

test('a budget allows evictions one at a time', async (t) => {
  const { client, atRest, writes, errors } = await testCluster(t);
  const selector = { matchLabels: labels };
  const budget = { namespace, name: 'web' };
  await client.create(Deployment, { metadata: budget, spec: { replicas: 2, selector, template: podTemplate } });
  await client.create(PodDisruptionBudget, { metadata: budget, spec: { selector, maxUnavailable: 1 } });
  const allowed = (count: number) =>
    see(
      () => client.get(PodDisruptionBudget, budget),
      ({ status }) => status?.disruptionsAllowed === count && status.currentHealthy === 2,
    );
  const { status } = await allowed(1);
  assert.deepEqual([status?.desiredHealthy, status?.expectedPods], [1, 2]);
  await atRest();
  writes.length = 0;
  await client.mergePatch(PodDisruptionBudget, budget, { metadata: { annotations: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual(writes, []);
  const { items } = await client.list(Pod, { namespace });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 300);
  const results = await Promise.allSettled(
    items.map(({ metadata }) => {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name: metadata.name } };
      return client.createSubresource(Pod, { namespace, name: metadata.name, subresource: 'eviction' }, eviction, {
        signal: stop.signal,
      });
    }),
  );
  clearTimeout(timer);
  // The other was refused: the client tries it again after a while, but the time is over by then.
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  await allowed(1);
  assert.deepEqual(errors, []);
});

test('a cron job starts jobs, and they end up in its status', async (t) => {
  const { client, errors } = await testCluster(t, { fate: () => 'succeeds' });
  const at = { namespace, name: 'tick' };
  const template = { spec: { restartPolicy: 'Never', containers: podTemplate.spec.containers } };
  await client.create(CronJob, { metadata: at, spec: { schedule: '@every 1s', jobTemplate: { spec: { template } } } });
  const cronJob = await see(
    () => client.get(CronJob, at),
    ({ status }) => status?.lastSuccessfulTime !== undefined,
  );
  assert.ok(cronJob.status?.lastScheduleTime);
  const [job] = (await client.list(Job, { namespace })).items;
  assert.match(job?.metadata.name ?? '', /^tick-\d+$/);
  assert.equal(job?.metadata.ownerReferences?.[0]?.kind, 'CronJob');
  assert.deepEqual(errors, []);
});
