import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';
import { NodeConnections } from './node-connections.ts';
import { nodeProxy } from './node-proxy.ts';
import { podLog } from './pod-log.ts';

const base = '/api/v1/namespaces/default';

/** A server whose node answers every path with the path itself, but refuses to tell of the container `broken`. */
async function createServer(t: TestContext): Promise<TestServer> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
  const authority = createAuthority('test', validity);
  const certificate = issueCertificate(authority, {
    ...validity,
    commonName: 'node',
    ipAddresses: ['127.0.0.1'],
    usages: ['serverAuth', 'clientAuth'],
  });
  const node = createHttpsServer(
    { cert: certificate.certificate, key: certificate.key, ca: authority.certificate, requestCert: true },
    (request, response) => {
      if (request.url?.includes('broken')) response.writeHead(400).end('container "broken" is waiting to start');
      else if (request.method !== 'GET') response.writeHead(405).end('Method Not Allowed');
      else response.end(`${request.url}\n`);
    },
  );
  node.listen(0, '127.0.0.1');
  await once(node, 'listening');
  const { port } = node.address() as AddressInfo;
  const nodes = new NodeConnections({
    ca: authority.certificate,
    certificate: certificate.certificate,
    key: certificate.key,
  });
  t.after(() => {
    nodes.close();
    node.close();
  });
  const server = await createTestServer(t, { subresources: [podLog(nodes), nodeProxy(nodes)] });
  await server.call('POST', '/api/v1/nodes', { metadata: { name: 'one' } });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  const headers = { 'content-type': 'application/merge-patch+json' };
  const written = await server.call('PATCH', '/api/v1/nodes/one/status', { status }, headers);
  assert.equal(written.status, 200, written.text);
  return server;
}

async function createPod(server: TestServer, names: string[], more: object = {}, metadata: object = {}): Promise<void> {
  const containers = names.map((name) => ({ name, image: 'nginx' }));
  const created = await server.call('POST', `${base}/pods`, {
    metadata: { name: 'web', ...metadata },
    spec: { nodeName: 'one', containers, ...more },
  });
  assert.equal(created.status, 201, created.text);
}

test('the log of the only container is what its node says, asked with the query as it came', async (t) => {
  const server = await createServer(t);
  await createPod(server, ['main']);
  const log = await server.call('GET', `${base}/pods/web/log?tailLines=3&timestamps=true`);
  assert.equal(log.status, 200);
  assert.equal(log.text, '/containerLogs/default/web/main?tailLines=3&timestamps=true\n');
  assert.equal((await server.call('GET', `${base}/pods/gone/log`)).status, 404);
});

test('of several containers one is named, or marked as the default', async (t) => {
  const server = await createServer(t);
  await createPod(server, ['main', 'proxy'], { initContainers: [{ name: 'first', image: 'nginx' }] });
  const unnamed = await server.call('GET', `${base}/pods/web/log`);
  assert.equal(unnamed.status, 400);
  assert.equal(
    json(unnamed)['message'],
    'a container name must be specified for pod web, choose one of: [main proxy] or one of the init containers: [first]',
  );
  assert.equal((await server.call('GET', `${base}/pods/web/log?container=first`)).status, 200);
  const wrong = await server.call('GET', `${base}/pods/web/log?container=other`);
  assert.deepEqual([wrong.status, json(wrong)['message']], [400, 'container other is not valid for pod web']);
  await server.call('DELETE', `${base}/pods/web`, { gracePeriodSeconds: 0 });
  await createPod(
    server,
    ['main', 'proxy'],
    {},
    { annotations: { 'kubectl.kubernetes.io/default-container': 'proxy' } },
  );
  assert.match((await server.call('GET', `${base}/pods/web/log`)).text, /\/proxy\?/);
});

test('what the node refuses is passed on; a pod without a node has an empty log', async (t) => {
  const server = await createServer(t);
  await createPod(server, ['broken']);
  const refused = await server.call('GET', `${base}/pods/web/log`);
  assert.deepEqual([refused.status, json(refused)['message']], [400, 'container "broken" is waiting to start']);
  await server.call('DELETE', `${base}/pods/web`, { gracePeriodSeconds: 0 });
  await createPod(server, ['main'], { nodeName: '' });
  const empty = await server.call('GET', `${base}/pods/web/log`);
  assert.deepEqual([empty.status, empty.text], [204, '']);
});

test('a node that has not told where its agent listens, or does not answer, is named', async (t) => {
  const server = await createServer(t);
  await server.call('POST', '/api/v1/nodes', { metadata: { name: 'two' } });
  await createPod(server, ['main'], { nodeName: 'two' });
  const silent = await server.call('GET', `${base}/pods/web/log`);
  assert.equal(silent.status, 500);
  assert.match(silent.text, /node two has not told where its agent listens/);
});

test('a node is asked through the proxy, and its answer is handed on with its status', async (t) => {
  const server = await createServer(t);
  const summary = await server.call('GET', '/api/v1/nodes/one/proxy/stats/summary?only_cpu_and_memory=true');
  assert.deepEqual([summary.status, summary.text], [200, '/stats/summary?only_cpu_and_memory=true\n']);
  assert.equal((await server.call('GET', '/api/v1/nodes/one/proxy')).text, '/\n');
  const broken = await server.call('GET', '/api/v1/nodes/one/proxy/broken');
  assert.deepEqual([broken.status, broken.text], [400, 'container "broken" is waiting to start']);
  assert.equal((await server.call('POST', '/api/v1/nodes/one/proxy/run')).status, 405);
  assert.equal((await server.call('GET', '/api/v1/nodes/none/proxy/healthz')).status, 404);
});
