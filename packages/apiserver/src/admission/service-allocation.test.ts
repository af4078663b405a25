import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServiceSpec } from '@kindred/apis/core/v1';
import type { Unstructured } from '@kindred/machinery';
import { createTestServer, json, type TestAnswer } from '../testing/test-server.ts';
import { serviceAllocation } from './service-allocation.ts';

const path = '/api/v1/namespaces/default/services';
const port = { port: 80 };

async function createServer(t: TestContext, serviceCidr = '10.96.0.0/24') {
  const server = await createTestServer(t, {
    over: async (storage) => ({ admission: [await serviceAllocation({ storage, serviceCidr, random: Math.random })] }),
  });
  return {
    call(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET', at: string, body?: unknown): Promise<TestAnswer> {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      return server.call(method, at, body, { 'content-type': type });
    },
    create(name: string, spec: object): Promise<TestAnswer> {
      return this.call('POST', path, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    },
  };
}

function specOf(answer: TestAnswer): ServiceSpec {
  assert.ok(answer.status < 300, answer.text);
  return json(answer)['spec'] as ServiceSpec;
}

function messageOf(answer: TestAnswer): unknown {
  return (JSON.parse(answer.text) as Unstructured)['message'];
}

test('a new service has its address and families in the answer', async (t) => {
  const server = await createServer(t);
  const spec = specOf(await server.create('one', { ports: [port] }));
  assert.match(spec.clusterIP ?? '', /^10\.96\.0\.\d+$/);
  assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
  assert.deepEqual(spec.ipFamilies, ['IPv4']);
  assert.equal(spec.ipFamilyPolicy, 'SingleStack');
  assert.equal(spec.ports?.[0]?.nodePort, undefined);
});

test('many services at once get addresses and node ports of their own', async (t) => {
  const server = await createServer(t);
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => server.create(`s${index}`, { type: 'NodePort', ports: [port] })),
  );
  const specs = answers.map(specOf);
  assert.equal(new Set(specs.map(({ clusterIP }) => clusterIP)).size, 60);
  const nodePorts = specs.map(({ ports }) => ports?.[0]?.nodePort ?? 0);
  assert.equal(new Set(nodePorts).size, 60);
  assert.ok(nodePorts.every((nodePort) => nodePort >= 30_000 && nodePort <= 32_767));
});

test('values that are asked for are given, and refused when they are taken or out of range', async (t) => {
  const server = await createServer(t);
  const wanted = { type: 'NodePort', clusterIP: '10.96.0.7', ports: [{ port: 80, nodePort: 30_080 }] };
  const spec = specOf(await server.create('one', wanted));
  assert.equal(spec.clusterIP, '10.96.0.7');
  assert.equal(spec.ports?.[0]?.nodePort, 30_080);
  assert.equal(
    messageOf(await server.create('two', { clusterIP: '10.96.0.7', ports: [port] })),
    'Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.7"]: failed to allocate IP 10.96.0.7: provided IP is already allocated',
  );
  assert.equal(
    messageOf(await server.create('two', { clusterIP: '10.97.0.1', ports: [port] })),
    'Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.97.0.1"]: failed to allocate IP 10.97.0.1: the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/24',
  );
  assert.equal(
    messageOf(await server.create('two', { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] })),
    'Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
  );
  assert.equal(
    messageOf(await server.create('two', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
    'Service "two" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  );
  await server.call('DELETE', `${path}/one`);
  assert.equal(specOf(await server.create('two', wanted)).clusterIP, '10.96.0.7');
});

test('a write that is refused gives its values back', async (t) => {
  const server = await createServer(t);
  assert.equal(specOf(await server.create('one', { clusterIP: '10.96.0.8', ports: [port] })).clusterIP, '10.96.0.8');
  const again = await server.create('one', { clusterIP: '10.96.0.9', ports: [port] });
  assert.equal(again.status, 409);
  assert.equal(specOf(await server.create('two', { clusterIP: '10.96.0.9', ports: [port] })).clusterIP, '10.96.0.9');
});

test('a full range says so', async (t) => {
  const server = await createServer(t, '10.96.0.0/29');
  for (let index = 0; index < 6; index++) specOf(await server.create(`s${index}`, { ports: [port] }));
  const answer = await server.create('more', { ports: [port] });
  assert.equal(answer.status, 500);
  assert.equal(messageOf(answer), 'Internal error occurred: failed to allocate a serviceIP: range is full');
});

test('headless services and external names get no address', async (t) => {
  const server = await createServer(t);
  const headless = specOf(await server.create('a', { clusterIP: 'None', selector: { a: 'b' }, ports: [port] }));
  assert.deepEqual([headless.clusterIP, headless.clusterIPs, headless.ipFamilies], ['None', ['None'], ['IPv4']]);
  const loose = specOf(await server.create('b', { clusterIP: 'None', ports: [port] }));
  assert.deepEqual([loose.ipFamilies, loose.ipFamilyPolicy], [['IPv4', 'IPv6'], 'RequireDualStack']);
  const external = specOf(await server.create('c', { type: 'ExternalName', externalName: 'example.com' }));
  assert.deepEqual([external.clusterIP, external.clusterIPs, external.ipFamilies], [undefined, undefined, undefined]);
});

test('ports of the same number share a node port across protocols', async (t) => {
  const server = await createServer(t);
  const ports = [
    { name: 'tcp', port: 53, protocol: 'TCP' },
    { name: 'udp', port: 53, protocol: 'UDP' },
    { name: 'web', port: 80 },
  ];
  const [tcp, udp, web] = specOf(await server.create('dns', { type: 'NodePort', ports })).ports ?? [];
  assert.equal(tcp?.nodePort, udp?.nodePort);
  assert.notEqual(tcp?.nodePort, web?.nodePort);
});

test('an update keeps what the client left out, and changes of type allocate and release', async (t) => {
  const server = await createServer(t);
  const first = specOf(await server.create('one', { type: 'NodePort', ports: [port] }));
  const body = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'one' }, spec });
  const put = async (spec: object) => specOf(await server.call('PUT', `${path}/one`, body(spec)));
  const kept = await put({ type: 'NodePort', ports: [{ port: 8080 }] });
  assert.equal(kept.clusterIP, first.clusterIP);
  assert.equal(kept.ports?.[0]?.nodePort, first.ports?.[0]?.nodePort);

  const changed = await server.call('PUT', `${path}/one`, body({ clusterIP: '10.96.0.200', ports: [port] }));
  assert.equal(
    messageOf(changed),
    `Service "one" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.200"]: may not change once set`,
  );

  const internal = specOf(await server.call('PATCH', `${path}/one`, { spec: { type: 'ClusterIP' } }));
  assert.equal(internal.clusterIP, first.clusterIP);
  assert.equal(internal.ports?.[0]?.nodePort, undefined);

  const external = { type: 'ExternalName', externalName: 'example.com' };
  const named = specOf(await server.call('PATCH', `${path}/one`, { spec: external }));
  assert.deepEqual([named.clusterIP, named.clusterIPs], [undefined, undefined]);
  const back = specOf(await server.call('PATCH', `${path}/one`, { spec: { type: 'NodePort', externalName: null } }));
  assert.match(back.clusterIP ?? '', /^10\.96\./);
  assert.ok(back.ports?.[0]?.nodePort);
});
