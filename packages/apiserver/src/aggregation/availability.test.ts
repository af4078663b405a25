import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthority } from '@kindred/machinery/certificates';
import {
  apiServices,
  backendService,
  createTestBackend,
  reachReason,
  register,
  wardleApiService,
} from '../testing/test-backend.ts';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';

const wardle = `${apiServices}/v1.wardle.example.com`;
const services = '/api/v1/namespaces/default/services';
const endpoints = '/api/v1/namespaces/default/endpoints';
const mergePatch = { 'content-type': 'application/merge-patch+json' };

/** The message of the condition, once it has the reason. */
async function message(server: TestServer, reason: string): Promise<string> {
  await reachReason(server, reason);
  const { conditions } = json(await server.call('GET', wardle))['status'] as { conditions: { message: string }[] };
  return conditions[0]?.message ?? '';
}

test('each thing that is missing on the way to a server has its reason, and is noticed when it comes', async (t) => {
  const backend = await createTestBackend(t, (_request, response) => response.end('{}'));
  const server = await createTestServer(t);
  await server.call('POST', apiServices, wardleApiService({ ...backend, port: 443 }));
  assert.equal(await message(server, 'ServiceNotFound'), 'service/backend in "default" is not present');
  const ports = [{ name: 'other', port: 80, targetPort: 80 }];
  await server.call('POST', services, { ...backendService, spec: { clusterIP: 'None', ports } });
  assert.equal(await message(server, 'ServicePortError'), 'service/backend in "default" is not listening on port 443');
  ports[0] = { name: 'https', port: 443, targetPort: backend.port };
  await server.call('PATCH', `${services}/backend`, { spec: { ports } }, mergePatch);
  assert.equal(await message(server, 'EndpointsNotFound'), 'cannot find endpoints for service/backend in "default"');
  const subset = { ports: [{ name: 'https', port: backend.port }], notReadyAddresses: [{ ip: '127.0.0.1' }] };
  const metadata = { name: 'backend' };
  await server.call('POST', endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [subset] });
  assert.equal(
    await message(server, 'MissingEndpoints'),
    'endpoints for service/backend in "default" have no addresses with port name "https"',
  );
  const ready = { ports: subset.ports, addresses: [{ ip: '127.0.0.1' }] };
  await server.call('PUT', `${endpoints}/backend`, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [ready] });
  assert.equal(await message(server, 'Passed'), 'all checks passed');
  assert.equal((await server.call('GET', '/apis/wardle.example.com/v1/flunders')).status, 200);
});

test('a server whose certificate is not the right one gets no request', async (t) => {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const stranger = Buffer.from(createAuthority('stranger', validity).certificate).toString('base64');
  const backend = await createTestBackend(t, (_request, response) => response.end('{}'), {
    serverName: 'other.default.svc',
  });
  const server = await createTestServer(t);
  await register(server, backend, { caBundle: stranger });
  assert.match(await message(server, 'FailedDiscoveryCheck'), /x509: certificate signed by unknown authority$/);
  await server.call('PATCH', wardle, { spec: { caBundle: backend.caBundle } }, mergePatch);
  // The authority is right now, and the name is still another one.
  const events = server.watch(`${apiServices}?watch=true&fieldSelector=metadata.name%3Dv1.wardle.example.com`);
  while (!/altnames|not valid for/i.test(JSON.stringify((await events.next()).object['status'])));
  assert.equal((await server.call('GET', '/apis/wardle.example.com/v1/flunders')).status, 503);
  assert.equal(backend.requests.length, 0);
  await server.call('PATCH', wardle, { spec: { caBundle: null, insecureSkipTLSVerify: true } }, mergePatch);
  await reachReason(server, 'Passed');
  assert.equal((await server.call('GET', '/apis/wardle.example.com/v1/flunders')).status, 200);
});

test('a server that answers with an error, or with none of a certificate, is not available', async (t) => {
  const backend = await createTestBackend(t, (_request, response) => response.writeHead(404).end());
  const server = await createTestServer(t);
  await register(server, backend);
  const url = `https://127.0.0.1:${backend.port}/apis/wardle.example.com/v1`;
  assert.equal(
    await message(server, 'FailedDiscoveryCheck'),
    `failing or missing response from ${url}: bad status from ${url}: 404`,
  );
  const broken = Buffer.from('no certificate').toString('base64');
  await server.call('PATCH', wardle, { spec: { caBundle: broken } }, mergePatch);
  const events = server.watch(`${apiServices}?watch=true&fieldSelector=metadata.name%3Dv1.wardle.example.com`);
  while (!/certificate/.test(JSON.stringify((await events.next()).object['status'])));
});

test('what is served here has an APIService that says so, and definitions take theirs along', async (t) => {
  const server = await createTestServer(t);
  const core = json(await server.call('GET', `${apiServices}/v1.`));
  assert.equal(core.metadata.labels?.['kube-aggregator.kubernetes.io/automanaged'], 'onstart');
  assert.deepEqual(core['spec'], { groupPriorityMinimum: 18_000, version: 'v1', versionPriority: 1 });
  const { conditions } = core['status'] as { conditions: Record<string, string>[] };
  assert.deepEqual(
    conditions.map(({ type, status, reason }) => [type, status, reason]),
    [['Available', 'True', 'Local']],
  );
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const schema = { openAPIV3Schema: { type: 'object' } };
  const events = server.watch(`${apiServices}?watch=true&fieldSelector=metadata.name%3Dv1.example.com`);
  await server.call('POST', definitions, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  const added = await events.next();
  assert.equal(added.object.metadata.labels?.['kube-aggregator.kubernetes.io/automanaged'], 'true');
  await server.call('PATCH', `${apiServices}/v1.example.com`, { spec: { versionPriority: 7 } }, mergePatch);
  while (((await events.next()).object['spec'] as { versionPriority: number }).versionPriority !== 100);
  await server.call('DELETE', `${definitions}/crontabs.example.com`);
  while ((await events.next()).type !== 'DELETED');
});

test('an APIService must be one', async (t) => {
  const server = await createTestServer(t);
  const spec = { group: 'a.example.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
  const create = async (name: string, more: object): Promise<string> =>
    String(
      json(
        await server.call('POST', apiServices, {
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          metadata: { name },
          spec: { ...spec, ...more },
        }),
      )['message'],
    );
  const service = { namespace: 'n', name: 's' };
  assert.match(await create('x', {}), /metadata\.name: Invalid value: "x": must be `spec\.version\+"\."\+spec\.group`/);
  assert.match(
    await create('v1.a.example.com', { caBundle: 'YQ==' }),
    /"1 bytes": local APIServices may not have a caB/,
  );
  assert.match(await create('v1.a.example.com', { insecureSkipTLSVerify: true }), /may not have insecureSkipTLSVerify/);
  assert.match(
    await create('v1.a.example.com', { service, caBundle: 'YQ==', insecureSkipTLSVerify: true }),
    /may not be true if caBundle is present/,
  );
  assert.match(
    await create('v1.a.example.com', { service: { port: 70_000 }, versionPriority: 1001 }),
    /versionPriority.*less than 1000.*service\.namespace: Required.*service\.name: Required.*port is not valid/,
  );
});
