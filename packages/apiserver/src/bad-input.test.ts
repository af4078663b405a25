import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@kindred/machinery';
import { createTestServer, type TestServer } from './testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const websites = '/apis/extensions.example.com/v1/namespaces/default/websites';

const websiteDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'websites.extensions.example.com' },
  spec: {
    scope: 'Namespaced',
    group: 'extensions.example.com',
    names: { kind: 'Website', singular: 'website', plural: 'websites' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: { type: 'object', required: ['gitRepo'], properties: { gitRepo: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};

async function refused(
  server: TestServer,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; message: string; details: Status['details'] }> {
  const answer = await server.call('POST', path, body, headers);
  const status = JSON.parse(answer.text) as Status;
  assert.equal(status.kind, 'Status');
  assert.equal(status.code, answer.status);
  return { status: answer.status, message: status.message ?? '', details: status.details };
}

test('bodies that are no object of their kind are refused with what is wrong', async (t) => {
  const server = await createTestServer(t);
  const cases: readonly [string, RegExp][] = [
    ['{"apiVersion":"v1",', /error decoding the request body/],
    ['{"kind":"ConfigMap"}{"kind":"ConfigMap"}', /error decoding the request body/],
    [`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`, /error decoding the request body/],
    ['[]', /must be one ConfigMap object, found a list/],
    ['', /must be one ConfigMap object, found nothing/],
    ['{"kind":"ConfigMap","apiVersion":"v2"}', /the API version in the data \(v2\) does not match the expected/],
    ['{"kind":"Pod","apiVersion":"v1"}', /cannot be handled as a ConfigMap/],
    ['{"metadata":{"name":"x"},"data":{"a":1}}', /cannot unmarshal number into Go struct field ConfigMap\.data/],
    ['{"metadata":{"name":"x","namespace":"other"}}', /does not match the namespace sent on the request/],
    ['{"metadata":{"name":"x","resourceVersion":"1"}}', /resourceVersion should not be set/],
  ];
  for (const [body, message] of cases) {
    const answer = await refused(server, configMaps, body);
    assert.equal(answer.status, 400, body.slice(0, 80));
    assert.match(answer.message, message);
  }
});

test('invalid UTF-8 is refused', async (t) => {
  const server = await createTestServer(t);
  const transport = server.api.transport({ username: 'u', groups: [] });
  const body = Buffer.concat([Buffer.from('{"metadata":{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}}')]);
  const answer = await transport.request({ method: 'POST', path: configMaps, headers: {}, body });
  assert.equal(answer.status, 400);
  await transport.close();
});

test('names that are not DNS names are refused by field', async (t) => {
  const server = await createTestServer(t);
  const answer = await refused(server, configMaps, { metadata: { name: 'Upper_Case' } });
  assert.equal(answer.status, 422);
  assert.match(answer.message, /^ConfigMap "Upper_Case" is invalid: metadata\.name: Invalid value: "Upper_Case"/);
  assert.equal(answer.details.causes?.[0]?.field, 'metadata.name');
  assert.equal(answer.details.kind, 'ConfigMap');
});

test('unknown and repeated fields are refused when strict, warned of otherwise', async (t) => {
  const server = await createTestServer(t);
  const body = '{"metadata":{"name":"x"},"dta":{},"data":{"a":"1","a":"2"}}';
  const strict = await refused(server, `${configMaps}?fieldValidation=Strict`, body);
  assert.equal(strict.status, 400);
  assert.match(strict.message, /strict decoding error: unknown field "dta", duplicate field "data.a"$/);
  const warned = await server.call('POST', configMaps, body);
  assert.equal(warned.status, 201);
  assert.equal(warned.headers['warning'], '299 - "unknown field \\"dta\\"", 299 - "duplicate field \\"data.a\\""');
});

test('a custom object is held to its schema, field by field', async (t) => {
  const server = await createTestServer(t);
  assert.equal((await server.call('POST', definitions, websiteDefinition)).status, 201);
  const object = (spec: unknown) => ({ metadata: { name: 'kubia' }, ...(spec === undefined ? {} : { spec }) });
  const missing = await refused(server, websites, object(undefined));
  assert.equal(missing.status, 422);
  assert.match(missing.message, /^Website.extensions.example.com "kubia" is invalid: spec: Required value$/);
  const wrong = await refused(server, websites, object({ gitRepo: 7 }));
  assert.equal(wrong.status, 422);
  assert.equal(wrong.details.causes?.[0]?.field, 'spec.gitRepo');
  const unknown = await refused(server, `${websites}?fieldValidation=Strict`, object({ gitRepo: 'x', gitRpo: 'y' }));
  assert.match(unknown.message, /strict decoding error: unknown field "spec.gitRpo"/);
  const pruned = await server.call('POST', websites, object({ gitRepo: 'x', gitRpo: 'y' }));
  assert.equal(pruned.status, 201);
  assert.doesNotMatch(JSON.stringify(JSON.parse(pruned.text).spec), /gitRpo/);
});

test('a definition with an invalid schema is refused and names the field', async (t) => {
  const server = await createTestServer(t);
  const broken = structuredClone(websiteDefinition);
  Object.assign(broken.spec.versions[0]?.schema.openAPIV3Schema.properties.spec ?? {}, { type: 'objekt' });
  const answer = await refused(server, definitions, broken);
  assert.equal(answer.status, 422);
  assert.match(
    answer.message,
    /^CustomResourceDefinition.apiextensions.k8s.io "websites.extensions.example.com" is invalid/,
  );
  assert.match(answer.details.causes?.[0]?.field ?? '', /openAPIV3Schema\.properties\[spec\]\.type$/);
  const shapeless = await refused(server, definitions, { metadata: { name: 'x.y' } });
  assert.equal(shapeless.status, 422);
  assert.match(shapeless.message, /spec: Required value/);
});

test('senseless parameters are refused', async (t) => {
  const server = await createTestServer(t);
  const statuses = await Promise.all(
    [
      `${configMaps}?limit=x`,
      `${configMaps}?continue=zzz`,
      `${configMaps}?resourceVersion=abc`,
      `${configMaps}?fieldSelector=spec.nope=1`,
      `${configMaps}?labelSelector=a%20in`,
      `${configMaps}?watch=true&timeoutSeconds=x`,
    ].map(async (path) => (await server.call('GET', path)).status),
  );
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 400]);
  const notList = await server.call('GET', `${configMaps}?resourceVersionMatch=Exact`);
  assert.equal(notList.status, 422);
  const dry = await server.call('POST', `${configMaps}?dryRun=Some`, {});
  assert.equal(dry.status, 422);
  const accept = await server.call('GET', configMaps, undefined, { accept: 'application/cbor' });
  assert.equal(accept.status, 406);
  const type = await server.call('POST', configMaps, '{}', { 'content-type': 'text/plain' });
  assert.equal(type.status, 415);
});
