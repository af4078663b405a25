import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const as = (type: string) => ({ 'content-type': `application/${type}` });

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
  },
};

async function make(server: TestServer, names: readonly string[], labels: Record<string, string> = {}): Promise<void> {
  for (const name of names) {
    const answer = await server.call('POST', configMaps, { metadata: { name, labels }, data: { of: name } });
    assert.equal(answer.status, 201, answer.text);
  }
}

function namesOf(list: ReturnType<typeof json>): (string | undefined)[] {
  return (list['items'] as { metadata: { name?: string } }[]).map(({ metadata }) => metadata.name);
}

test('of many who apply an object that is not there, one creates it and the others change it', async (t) => {
  const server = await createTestServer(t);
  const managers = ['a', 'b', 'c', 'd', 'e'];
  const answers = await Promise.all(
    managers.map((manager) => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { [manager]: '1' } };
      return server.call('PATCH', `${configMaps}/shared?fieldManager=${manager}`, body, as('apply-patch+yaml'));
    }),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 200, 200, 200, 201],
  );
  const shared = json(await server.call('GET', `${configMaps}/shared`));
  assert.deepEqual(Object.keys(shared['data'] as object).sort(), managers);
});

test('every kind of patch changes what it says and nothing else', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await server.call('POST', deployments, deployment)).status, 201);
  const path = `${deployments}/web`;
  const strategic = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } };
  const patched = json(await server.call('PATCH', path, strategic, as('strategic-merge-patch+json')));
  assert.match(JSON.stringify(patched), /"image":"nginx:2"/);
  assert.equal(patched.metadata.generation, 2);
  const merge = json(await server.call('PATCH', path, { metadata: { labels: { a: 'b' } } }, as('merge-patch+json')));
  assert.equal(merge.metadata.generation, 2);
  const operations = [
    { op: 'test', path: '/metadata/labels/a', value: 'b' },
    { op: 'replace', path: '/spec/replicas', value: 5 },
  ];
  const replaced = json(await server.call('PATCH', path, operations, as('json-patch+json')));
  assert.equal((replaced['spec'] as { replicas: number }).replicas, 5);
  const failed = await server.call('PATCH', path, [{ op: 'test', path: '/kind', value: 'X' }], as('json-patch+json'));
  assert.equal(failed.status, 422);
  const unknown = await server.call('PATCH', path, {}, as('json'));
  assert.equal(unknown.status, 415);
});

test('apply creates, owns its fields, and tells of conflicts', async (t) => {
  const server = await createTestServer(t);
  const applied = { ...deployment, spec: { ...deployment.spec, replicas: 1 } };
  const apply = (manager: string, body: unknown, query = '') =>
    server.call('PATCH', `${deployments}/web?fieldManager=${manager}${query}`, body, as('apply-patch+yaml'));
  assert.equal((await apply('one', applied)).status, 201);
  const again = await apply('one', applied);
  assert.equal(again.status, 200);
  assert.equal(json(again).metadata.generation, 1);
  const other = { ...deployment, spec: { ...deployment.spec, replicas: 2 } };
  const conflict = await apply('two', other);
  assert.equal(conflict.status, 409);
  assert.match(conflict.text, /conflict with \\"one\\": .spec.replicas/);
  const forced = await apply('two', other, '&force=true');
  assert.equal((json(forced)['spec'] as { replicas: number }).replicas, 2);
  const without = await server.call('PATCH', `${deployments}/web`, applied, as('apply-patch+yaml'));
  assert.equal(without.status, 422);
});

test('lists come in pages of one state, and by selectors', async (t) => {
  const server = await createTestServer(t);
  await make(server, ['a', 'b', 'c'], { tier: 'x' });
  const first = json(await server.call('GET', `${configMaps}?limit=2`));
  assert.deepEqual(namesOf(first), ['a', 'b']);
  const { continue: token, remainingItemCount } = first.metadata as { continue?: string; remainingItemCount?: number };
  assert.equal(remainingItemCount, 1);
  await make(server, ['d']);
  const second = json(await server.call('GET', `${configMaps}?limit=2&continue=${token}`));
  assert.deepEqual(namesOf(second), ['c']);
  assert.deepEqual(namesOf(json(await server.call('GET', `${configMaps}?labelSelector=tier%3Dx`))), ['a', 'b', 'c']);
  assert.deepEqual(namesOf(json(await server.call('GET', `${configMaps}?fieldSelector=metadata.name%3Db`))), ['b']);
});

test('tables and metadata alone are given to those who ask', async (t) => {
  const server = await createTestServer(t);
  await make(server, ['a']);
  const table = json(
    await server.call('GET', configMaps, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }),
  );
  assert.equal(table.kind, 'Table');
  assert.equal((table['columnDefinitions'] as { name: string }[])[0]?.name, 'Name');
  const row = (table['rows'] as { cells: unknown[]; object: { kind: string } }[])[0];
  assert.equal(row?.cells[0], 'a');
  assert.equal(row?.object.kind, 'PartialObjectMetadata');
  const partial = json(
    await server.call('GET', `${configMaps}/a`, undefined, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    }),
  );
  assert.equal(partial.kind, 'PartialObjectMetadata');
  assert.equal(partial['data'], undefined);
});

test('a watch-list sends what is there, a marked bookmark, then changes; selectors see objects come and go', async (t) => {
  const server = await createTestServer(t);
  await make(server, ['a'], { tier: 'x' });
  const query =
    'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=tier%3Dx';
  const events = server.watch(`${configMaps}?${query}`);
  assert.equal((await events.next()).type, 'ADDED');
  const bookmark = await events.next();
  assert.equal(bookmark.type, 'BOOKMARK');
  assert.equal(bookmark.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  const relabel = (tier: string) =>
    server.call('PATCH', `${configMaps}/a`, { metadata: { labels: { tier } } }, as('merge-patch+json'));
  await relabel('y');
  assert.equal((await events.next()).type, 'DELETED');
  await relabel('x');
  assert.equal((await events.next()).type, 'ADDED');
  const refused = await server.call('GET', `${configMaps}?watch=true&sendInitialEvents=true`);
  assert.equal(refused.status, 422);
});

test('finalizers hold an object until the last one is gone', async (t) => {
  const server = await createTestServer(t);
  const finalizers = ['example.com/hold'];
  await server.call('POST', configMaps, { metadata: { name: 'a', finalizers } });
  const marked = json(await server.call('DELETE', `${configMaps}/a`));
  assert.ok(marked.metadata.deletionTimestamp);
  const more = { metadata: { finalizers: [...finalizers, 'example.com/more'] } };
  assert.equal((await server.call('PATCH', `${configMaps}/a`, more, as('merge-patch+json'))).status, 422);
  const none = { metadata: { finalizers: null } };
  assert.equal((await server.call('PATCH', `${configMaps}/a`, none, as('merge-patch+json'))).status, 200);
  assert.equal((await server.call('GET', `${configMaps}/a`)).status, 404);
});

test('dry runs and preconditions leave the store alone', async (t) => {
  const server = await createTestServer(t);
  const dry = await server.call('POST', `${configMaps}?dryRun=All`, { metadata: { generateName: 'x-' } });
  assert.equal(dry.status, 201);
  assert.match(json(dry).metadata.name ?? '', /^x-[a-z0-9]{5}$/);
  assert.deepEqual(namesOf(json(await server.call('GET', configMaps))), []);
  await make(server, ['a']);
  const wrong = await server.call('DELETE', `${configMaps}/a`, { preconditions: { uid: 'other' } });
  assert.equal(wrong.status, 409);
  const collection = await server.call('DELETE', `${configMaps}?labelSelector=none%3Dsuch`);
  assert.equal(collection.status, 200);
  assert.deepEqual(namesOf(json(await server.call('GET', configMaps))), ['a']);
  await server.call('DELETE', configMaps);
  assert.deepEqual(namesOf(json(await server.call('GET', configMaps))), []);
});

test('removed versions are served with a warning and store what the newest version stores', async (t) => {
  const server = await createTestServer(t);
  const older = '/apis/extensions/v1beta1/namespaces/default/deployments/';
  const body = {
    apiVersion: 'extensions/v1beta1',
    kind: 'Deployment',
    metadata: { name: 'kubia-website' },
    spec: deployment.spec,
  };
  const created = await server.call('POST', older, body);
  assert.equal(created.status, 201, created.text);
  assert.equal(json(created).apiVersion, 'extensions/v1beta1');
  assert.match(created.headers['warning'] ?? '', /deprecated/);
  assert.equal(json(await server.call('GET', `${deployments}/kubia-website`)).apiVersion, 'apps/v1');
});

test('pods are bound once, and deleted gracefully when they have a node', async (t) => {
  const server = await createTestServer(t);
  const pods = '/api/v1/namespaces/default/pods';
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  assert.equal((await server.call('POST', pods, pod)).status, 201);
  const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } };
  assert.equal((await server.call('POST', `${pods}/p/binding`, binding)).status, 201);
  assert.equal((await server.call('POST', `${pods}/p/binding`, binding)).status, 409);
  const bindings = '/api/v1/namespaces/default/bindings';
  const again = await server.call('POST', bindings, binding);
  assert.match(again.text, /pods\/binding \\"p\\": pod p is already assigned to node \\"n1\\"/);
  const nobody = await server.call('POST', bindings, { ...binding, metadata: { name: 'q' } });
  assert.equal(json(nobody)['message'], 'pods "q" not found');
  const bound = json(await server.call('GET', `${pods}/p`));
  assert.equal((bound['spec'] as { nodeName: string }).nodeName, 'n1');
  const going = json(await server.call('DELETE', `${pods}/p`));
  assert.equal(going.metadata.deletionGracePeriodSeconds, 30);
  await server.call('DELETE', `${pods}/p`, { gracePeriodSeconds: 0 });
  assert.equal((await server.call('GET', `${pods}/p`)).status, 404);
});

test('an eviction asks the disruption budget', async (t) => {
  const server = await createTestServer(t);
  const pods = '/api/v1/namespaces/default/pods';
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const labels = { app: 'x' };
  await server.call('POST', pods, {
    metadata: { name: 'p', labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  await server.call('PATCH', `${pods}/p/status`, { status: { phase: 'Running' } }, as('merge-patch+json'));
  await server.call('POST', budgets, {
    metadata: { name: 'b' },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 0,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 1,
  };
  await server.call('PATCH', `${budgets}/b/status`, { status }, as('merge-patch+json'));
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
  const refused = await server.call('POST', `${pods}/p/eviction`, eviction);
  assert.equal(refused.status, 429, refused.text);
  assert.match(refused.text, /DisruptionBudget/);
  await server.call('PATCH', `${budgets}/b/status`, { status: { disruptionsAllowed: 1 } }, as('merge-patch+json'));
  assert.equal((await server.call('POST', `${pods}/p/eviction`, eviction)).status, 201);
});

test('events are forgotten after an hour', async (t) => {
  const clock = new ManualClock(Date.now());
  const server = await createTestServer(t, { clock });
  const events = '/api/v1/namespaces/default/events';
  const event = { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' } };
  assert.equal((await server.call('POST', events, event)).status, 201);
  const watch = server.watch(`${events}?watch=true&timeoutSeconds=9000`);
  assert.equal((await watch.next()).type, 'ADDED');
  clock.advance(3_700_000);
  assert.equal((await watch.next()).type, 'DELETED');
});
