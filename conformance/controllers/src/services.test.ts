import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Endpoints, Pod, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Client } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { see } from '@kindred-conformance/clients/in-process';
import type { Fate } from './kubelet.ts';
import { find, gone, testCluster } from './test-cluster.ts';

const namespace = 'default';
const at = { namespace, name: 'web' };
const labels = { app: 'web' };

function createPod(client: Client, name: string): Promise<Observed<Pod>> {
  const spec = { containers: [{ name: 'main', image: 'main' }] };
  return client.create(Pod, { metadata: { namespace, name, labels }, spec });
}

function createService(client: Client): Promise<Observed<Service>> {
  return client.create(Service, { metadata: at, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } });
}

async function slices(client: Client): Promise<Observed<EndpointSlice>[]> {
  const labelSelector = 'kubernetes.io/service-name=web';
  return (await client.list(EndpointSlice, { namespace }, { labelSelector })).items;
}

async function ready(client: Client): Promise<string[]> {
  const endpoints = (await slices(client)).flatMap((slice) => slice.endpoints ?? []);
  return endpoints
    .filter(({ conditions }) => conditions?.ready)
    .map(({ targetRef }) => targetRef?.name ?? '')
    .sort();
}

async function addresses(client: Client): Promise<string[]> {
  const subsets = (await find(client, Endpoints, at))?.subsets ?? [];
  return subsets
    .flatMap((subset) => subset.addresses ?? [])
    .map(({ targetRef }) => targetRef?.name ?? '')
    .sort();
}

test('endpoints follow pods as they come, become ready, and go', async (t) => {
  const fates = new Map<string, Fate>();
  const fate = (pod: Observed<Pod>): Fate => fates.get(pod.metadata.name) ?? 'ready';
  const { client, atRest, writes, errors } = await testCluster(t, { fate });
  await createService(client);
  await createPod(client, 'one');
  fates.set('two', 'unready');
  await createPod(client, 'two');
  const both = async () => ({ slice: await ready(client), endpoints: await addresses(client) });
  await see(both, ({ slice, endpoints }) => slice.join() === 'one' && endpoints.join() === 'one');
  fates.set('two', 'ready');
  await client.mergePatch(Pod, { namespace, name: 'two' }, { metadata: { annotations: { look: 'again' } } });
  await see(both, ({ slice, endpoints }) => slice.join() === 'one,two' && endpoints.join() === 'one,two');
  const [slice, ...more] = await slices(client);
  assert.deepEqual(more, []);
  assert.equal(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io');
  assert.deepEqual(slice?.ports, [{ name: '', port: 8080, protocol: 'TCP' }]);
  assert.match(slice?.endpoints?.[0]?.addresses[0] ?? '', /^127\./);
  await client.delete(Pod, { namespace, name: 'one' });
  await see(both, ({ slice: left, endpoints }) => left.join() === 'two' && endpoints.join() === 'two');
  await atRest();
  writes.length = 0;
  await client.mergePatch(Service, at, { metadata: { annotations: { touched: 'yes' } } });
  await client.mergePatch(Pod, { namespace, name: 'two' }, { metadata: { annotations: { touched: 'yes' } } });
  await atRest();
  assert.deepEqual(writes, []);
  assert.deepEqual(errors, []);
});

test('a service that is deleted takes its endpoints with it', async (t) => {
  const { client, errors } = await testCluster(t);
  await createPod(client, 'one');
  await createService(client);
  await see(
    () => ready(client),
    (names) => names.length === 1,
  );
  await client.delete(Service, at);
  await gone(client, Endpoints, at);
  await see(
    () => slices(client),
    (left) => left.length === 0,
  );
  assert.deepEqual(errors, []);
});

test('endpoints of a service without a selector are left to those who made them, and mirrored in slices', async (t) => {
  const { client, atRest } = await testCluster(t);
  await client.create(Service, { metadata: at, spec: { ports: [{ port: 80 }] } });
  const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80, protocol: 'TCP' }] }];
  const made = await client.create(Endpoints, { metadata: at, subsets });
  const [mirror] = await see(
    () => slices(client),
    (found) => found.length === 1,
  );
  assert.deepEqual(mirror?.endpoints, [{ addresses: ['192.0.2.1'], conditions: { ready: true } }]);
  await atRest();
  assert.equal((await client.get(Endpoints, at)).metadata.resourceVersion, made.metadata.resourceVersion);
});

test('the API server is a service, with its endpoints', async (t) => {
  const { client, errors } = await testCluster(t);
  const kubernetes = { namespace, name: 'kubernetes' };
  const service = await see(
    () => find(client, Service, kubernetes),
    (found) => found !== undefined,
  );
  assert.equal(service?.spec?.clusterIP, '10.96.0.1');
  assert.deepEqual(service?.spec?.ports, [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }]);
  const slice = await see(
    () => find(client, EndpointSlice, kubernetes),
    (found) => found !== undefined,
  );
  assert.deepEqual(slice?.endpoints?.[0]?.addresses, ['127.0.0.1']);
  await client.delete(Service, kubernetes);
  await see(
    () => find(client, Service, kubernetes),
    (found) => found !== undefined && found.metadata.uid !== service?.metadata.uid,
  );
  const endpoints = await see(
    () => find(client, Endpoints, kubernetes),
    (found) => found !== undefined,
  );
  assert.equal(endpoints?.subsets?.[0]?.ports?.[0]?.port, 6443);
  assert.deepEqual(errors, []);
});
