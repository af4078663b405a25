import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, type Unstructured } from '@kindred/machinery';
import { createTestServer, json, type TestAnswer, type TestServer } from '../testing/test-server.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';

function apply(
  server: TestServer,
  path: string,
  body: object,
  { manager = 'alice', force = false }: { manager?: string; force?: boolean } = {},
): Promise<TestAnswer> {
  const query = `?fieldManager=${manager}${force ? '&force=true' : ''}`;
  return server.call('PATCH', path + query, body, { 'content-type': 'application/apply-patch+yaml' });
}

function deployment(spec: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', creationTimestamp: null },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { creationTimestamp: null, labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx', resources: {} }] },
      },
      ...spec,
    },
  };
}

function ownersOf(object: Unstructured): string[] {
  return (object.metadata.managedFields ?? []).map(
    ({ manager, operation, apiVersion, subresource = '' }) => `${manager} ${operation} ${apiVersion} ${subresource}`,
  );
}

function messageOf(answer: TestAnswer): unknown {
  return json(answer)['message'];
}

test('members that are null are as if they were not there', async (t) => {
  const clock = new ManualClock(0);
  const server = await createTestServer(t, { clock });
  const made = await apply(server, `${deployments}/web`, deployment({ replicas: null, strategy: {} }));
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes('null'), made.text);
  const owned = JSON.stringify(json(made).metadata.managedFields);
  assert.ok(!owned.includes('replicas') && !owned.includes('creationTimestamp'), owned);
  clock.advance(5000);
  const again = await apply(server, `${deployments}/web`, deployment({ replicas: null, strategy: {} }));
  assert.equal(json(again).metadata.resourceVersion, json(made).metadata.resourceVersion);
});

test('an apply that does not fit its kind says where, and changes nothing', async (t) => {
  const server = await createTestServer(t);
  const subject = 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ';
  for (const [spec, text] of [
    [{ replicas: 'many' }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ paused: 1 }, '.spec.paused: expected boolean, got &{1}'],
    [{ strategy: { type: 5 } }, '.spec.strategy.type: expected string, got &value.valueUnstructured{Value:5}'],
    [{ replica: 1 }, '.spec.replica: field not declared in schema'],
    [
      { replica: 1, paused: 'yes' },
      'errors:\n  .spec.replica: field not declared in schema\n  .spec.paused: expected boolean, got &{yes}',
    ],
  ] as const) {
    const answer = await apply(server, `${deployments}/web`, deployment(spec));
    assert.equal(answer.status, 400);
    assert.equal(messageOf(answer), subject + text);
  }
  assert.equal((await server.call('GET', `${deployments}/web`)).status, 404);
});

test('an apply names its version, its manager and no managed fields', async (t) => {
  const server = await createTestServer(t);
  const path = `${deployments}/web`;
  const other = await apply(server, path, { ...deployment({}), apiVersion: 'apps/v1beta1' });
  assert.equal(
    messageOf(other),
    'Incorrect version specified in apply patch. Specified patch version: apps/v1beta1, expected: apps/v1',
  );
  const nobody = await server.call('PATCH', path, deployment({}), { 'content-type': 'application/apply-patch+yaml' });
  assert.equal(nobody.status, 422);
  assert.equal(
    messageOf(nobody),
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  );
  const managed = { ...deployment({}), metadata: { name: 'web', managedFields: [{ manager: 'x' }] } };
  assert.equal(messageOf(await apply(server, path, managed)), 'metadata.managedFields must be nil');
});

test('fields are owned in the version that their manager writes', async (t) => {
  const server = await createTestServer(t);
  const old = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
  const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 };
  const made = await server.call('POST', old, {
    metadata: { name: 'web' },
    spec: { ...target, targetCPUUtilizationPercentage: 50 },
  });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(ownersOf(json(made)), ['test Update autoscaling/v1 ']);
  const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web';
  const configuration = (utilization: number): object => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: utilization } },
        },
      ],
    },
  });
  const refused = await apply(server, path, configuration(80));
  assert.equal(refused.status, 409, refused.text);
  assert.equal(
    messageOf(refused),
    'Apply failed with 1 conflict for horizontalpodautoscalers.autoscaling "web" in namespace "default": ' +
      'conflict with "test" using autoscaling/v1: .spec.targetCPUUtilizationPercentage',
  );
  const agreed = await apply(server, path, configuration(50));
  assert.deepEqual(ownersOf(json(agreed)), ['alice Apply autoscaling/v2 ', 'test Update autoscaling/v1 ']);
  const forced = await apply(server, path, configuration(80), { force: true });
  const fields = json(forced).metadata.managedFields?.find(({ manager }) => manager === 'test')?.fieldsV1;
  assert.ok(!JSON.stringify(fields).includes('targetCPU') && JSON.stringify(fields).includes('f:maxReplicas'));
});

test('a scale is applied by a manager of its own', async (t) => {
  const server = await createTestServer(t);
  await apply(server, `${deployments}/web`, deployment({ replicas: 1 }), { manager: 'owner' });
  const scaled = (replicas: number): object => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web' },
    spec: { replicas },
  });
  const refused = await apply(server, `${deployments}/web/scale`, scaled(3), { manager: 'scaler' });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /conflict with \\"owner\\": \.spec\.replicas/);
  const taken = await apply(server, `${deployments}/web/scale`, scaled(3), { manager: 'scaler', force: true });
  assert.equal(taken.status, 200, taken.text);
  assert.deepEqual(json(taken)['spec'], { replicas: 3 });
  const now = json(await server.call('GET', `${deployments}/web`));
  assert.equal((now['spec'] as { replicas: number }).replicas, 3);
  assert.deepEqual(ownersOf(now), ['owner Apply apps/v1 ', 'scaler Apply apps/v1 scale']);
  assert.equal((await apply(server, `${deployments}/nobody/scale`, scaled(1))).status, 404);
});
