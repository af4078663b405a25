import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTestServer, json, type TestAnswer, type TestServer } from '../testing/test-server.ts';
import { priorityAdmission } from './priority.ts';

function createServer(t: TestContext): Promise<TestServer> {
  return createTestServer(t, { over: async (storage) => ({ admission: [await priorityAdmission(storage)] }) });
}

function createPod(server: TestServer, spec: object = {}): Promise<TestAnswer> {
  return server.call('POST', '/api/v1/namespaces/default/pods', {
    metadata: { generateName: 'web-' },
    spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
  });
}

async function createClass(server: TestServer, name: string, value: number, more: object = {}): Promise<void> {
  const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const created = await server.call('POST', path, { metadata: { name }, value, ...more });
  assert.equal(created.status, 201, created.text);
}

const priorityOf = (answer: TestAnswer): unknown[] => {
  assert.equal(answer.status, 201, answer.text);
  const { priorityClassName, priority, preemptionPolicy } = json(answer)['spec'] as Record<string, unknown>;
  return [priorityClassName, priority, preemptionPolicy];
};

test('a pod gets the number of its class, built in or made', async (t) => {
  const server = await createServer(t);
  await createClass(server, 'high', 1000, { preemptionPolicy: 'Never' });
  assert.deepEqual(priorityOf(await createPod(server)), [undefined, 0, 'PreemptLowerPriority']);
  assert.deepEqual(priorityOf(await createPod(server, { priorityClassName: 'high' })), ['high', 1000, 'Never']);
  assert.deepEqual(priorityOf(await createPod(server, { priorityClassName: 'system-node-critical' })), [
    'system-node-critical',
    2_000_001_000,
    'PreemptLowerPriority',
  ]);
});

test('the global default is for pods that name no class', async (t) => {
  const server = await createServer(t);
  await createClass(server, 'usual', 7, { globalDefault: true });
  assert.deepEqual(priorityOf(await createPod(server)), ['usual', 7, 'PreemptLowerPriority']);
});

test('a class that is not there and a number that is not its own are refused', async (t) => {
  const server = await createServer(t);
  await createClass(server, 'high', 1000);
  const unknown = await createPod(server, { priorityClassName: 'gone' });
  assert.equal(unknown.status, 403);
  assert.match(unknown.text, /no PriorityClass with name gone was found/);
  const wrong = await createPod(server, { priorityClassName: 'high', priority: 5 });
  assert.equal(wrong.status, 403);
  assert.match(wrong.text, /the integer value of priority \(5\) must not be provided in pod spec/);
});
