import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unstructured } from '@kindred/machinery';
import type { CustomResourceDefinition } from '@kindred/schema';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function definition(overrides: Partial<CustomResourceDefinition['spec']> = {}): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] },
      versions: ['v1', 'v2'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  cronSpec: { type: 'string', default: '* * * * *' },
                  replicas: { type: 'integer', minimum: 0 },
                },
              },
              status: { type: 'object', properties: { replicas: { type: 'integer' } } },
            },
          },
        },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' }],
      })),
      ...overrides,
    },
  };
}

const path = (version: string) => `/apis/example.com/${version}/namespaces/default/crontabs`;

async function withCronTab(t: Parameters<typeof createTestServer>[0]): Promise<TestServer> {
  const server = await createTestServer(t);
  const created = await server.call('POST', definitions, definition());
  assert.equal(created.status, 201, created.text);
  const made = await server.call('POST', path('v1'), { metadata: { name: 'a' }, spec: { replicas: 1 } });
  assert.equal(made.status, 201, made.text);
  return server;
}

test('a definition is established, discovered and served as soon as it is created', async (t) => {
  const server = await withCronTab(t);
  const read = json(await server.call('GET', `${definitions}/crontabs.example.com`));
  const conditions = (read['status'] as { conditions: { type: string; status: string }[] }).conditions;
  assert.equal(conditions.find(({ type }) => type === 'Established')?.status, 'True');
  const group = json(await server.call('GET', '/apis/example.com'));
  assert.deepEqual(group['preferredVersion'], { groupVersion: 'example.com/v2', version: 'v2' });
  const openapi = json(await server.call('GET', '/openapi/v3/apis/example.com/v1'));
  assert.ok(JSON.stringify(openapi).includes('com.example.v1.CronTab'));
});

test('objects are defaulted, and shown in every served version', async (t) => {
  const server = await withCronTab(t);
  const other = json(await server.call('GET', `${path('v2')}/a`));
  assert.equal(other.apiVersion, 'example.com/v2');
  assert.deepEqual(other['spec'], { replicas: 1, cronSpec: '* * * * *' });
  const events = server.watch(`${path('v2')}?watch=true`);
  const { object } = await events.next();
  assert.equal(object.apiVersion, 'example.com/v2');
});

test('however the text of an object is written, the same is stored of it', async (t) => {
  const server = await withCronTab(t);
  const spec = { cronSpec: '1 * * * *', replicas: 2 };
  const sent = (name: string, version: string, status?: unknown) => ({
    apiVersion: `example.com/${version}`,
    kind: 'CronTab',
    metadata: { name },
    spec,
    ...(status === undefined ? {} : { status }),
  });
  const texts = {
    compact: JSON.stringify(sent('compact', 'v1')),
    line: `${JSON.stringify(sent('line', 'v1'))}\n`,
    wide: JSON.stringify(sent('wide', 'v1'), null, 2),
    other: JSON.stringify(sent('other', 'v2')),
    status: JSON.stringify(sent('status', 'v1', { replicas: 7 })),
  };
  const served = /^\{"kind":"CronTab","apiVersion":"example.com\/v1","metadata":\{.*\},"spec":(\{[^{}]*\})\}\n?$/;
  for (const [name, text] of Object.entries(texts)) {
    const made = await server.call('POST', path(text.includes('/v2"') ? 'v2' : 'v1'), text);
    assert.equal(made.status, 201, made.text);
    const stored = await server.call('GET', `${path('v1')}/${name}`);
    assert.equal(served.exec(stored.text)?.[1], JSON.stringify(spec), `${name}: ${stored.text}`);
    const before = json(stored);
    const same = json(await server.call('PUT', `${path('v1')}/${name}`, before));
    assert.equal(same.metadata.resourceVersion, before.metadata.resourceVersion, `${name}: nothing has changed`);
  }
});

test('a spec change bumps the generation, status and metadata changes do not', async (t) => {
  const server = await withCronTab(t);
  const merge = { 'content-type': 'application/merge-patch+json' };
  const generation = async (suffix: string, patch: unknown): Promise<number | undefined> =>
    json(await server.call('PATCH', `${path('v1')}/a${suffix}`, patch, merge)).metadata.generation;
  assert.equal(await generation('', { metadata: { labels: { x: 'y' } } }), 1);
  assert.equal(await generation('/status', { status: { replicas: 3 }, spec: { replicas: 9 } }), 1);
  assert.equal(await generation('', { spec: { replicas: 2 }, status: { replicas: 7 } }), 2);
  const read = json(await server.call('GET', `${path('v1')}/a`));
  assert.deepEqual(read['status'], { replicas: 3 });
});

test('scale reads and writes the replicas through the paths of the definition', async (t) => {
  const server = await withCronTab(t);
  const scale = json(await server.call('GET', `${path('v1')}/a/scale`));
  assert.deepEqual(scale['spec'], { replicas: 1 });
  const written = await server.call('PUT', `${path('v1')}/a/scale`, { ...scale, spec: { replicas: 4 } });
  assert.equal(written.status, 200, written.text);
  const read = json(await server.call('GET', `${path('v1')}/a`));
  assert.equal((read['spec'] as { replicas: number }).replicas, 4);
});

test('a PUT must say which version it replaces', async (t) => {
  const server = await withCronTab(t);
  const answer = await server.call('PUT', `${path('v1')}/a`, { metadata: { name: 'a' }, spec: {} });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /metadata.resourceVersion: Invalid value: 0x0: must be specified for an update/);
});

test('a second definition with the same names is not established', async (t) => {
  const server = await withCronTab(t);
  const other = definition({ names: { plural: 'others', kind: 'CronTab', shortNames: ['ct'] } });
  other.metadata.name = 'others.example.com';
  const created = json(await server.call('POST', definitions, other));
  const text = JSON.stringify(created['status']);
  assert.match(text, /"NotAccepted"/);
  assert.equal((await server.call('GET', '/apis/example.com/v1/namespaces/default/others')).status, 404);
});

test('deleting a definition deletes its instances, ends their watches and takes it out of discovery', async (t) => {
  const server = await withCronTab(t);
  const definitionEvents = server.watch(`${definitions}?watch=true`);
  const isGone = async (): Promise<void> => {
    for (;;) if ((await definitionEvents.next()).type === 'DELETED') return;
  };
  const instances = server.watch(`${path('v1')}?watch=true`);
  assert.equal((await instances.next()).type, 'ADDED');
  await server.call('DELETE', `${definitions}/crontabs.example.com`);
  assert.equal((await instances.next()).type, 'DELETED');
  assert.equal(await instances.ended(), true);
  await isGone();
  assert.equal((await server.call('GET', path('v1'))).status, 404);
  assert.equal((await server.call('GET', '/apis/example.com')).status, 404);
  const again = await server.call('POST', definitions, definition());
  assert.equal(again.status, 201);
  const list = json(await server.call('GET', path('v1')));
  assert.deepEqual(list['items'], []);
});

test('a definition of v1beta1 keeps unknown fields', async (t) => {
  const server = await createTestServer(t);
  const older = {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'websites.extensions.example.com' },
    spec: {
      scope: 'Namespaced',
      group: 'extensions.example.com',
      version: 'v1',
      names: { kind: 'Website', singular: 'website', plural: 'websites' },
    },
  };
  const created = await server.call('POST', definitions.replace('v1/', 'v1beta1/'), older);
  assert.equal(created.status, 201, created.text);
  assert.match(created.headers['warning'] ?? '', /v1beta1 CustomResourceDefinition is deprecated/);
  const website = await server.call('POST', '/apis/extensions.example.com/v1/namespaces/default/websites', {
    metadata: { name: 'kubia' },
    spec: { gitRepo: 'x' },
  });
  const { spec } = JSON.parse(website.text) as Unstructured;
  assert.deepEqual(spec, { gitRepo: 'x' });
});

test('an instance whose creation was under way when its definition was deleted is deleted, too', async (t) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let tellArrived: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (tellArrived = resolve));
  const server = await createTestServer(t, {
    admission: [
      {
        name: 'Slow',
        operations: ['CREATE'],
        handles: (group) => group === 'example.com',
        validate({ name }) {
          if (name !== 'late') return undefined;
          tellArrived();
          return held;
        },
      },
    ],
  });
  await server.call('POST', definitions, definition());
  await server.call('POST', path('v1'), { metadata: { name: 'early' } });
  const late = server.call('POST', path('v1'), { metadata: { name: 'late' } });
  await arrived;
  const instances = server.watch(`${path('v1')}?watch=true`);
  const definitionEvents = server.watch(`${definitions}?watch=true`);
  await server.call('DELETE', `${definitions}/crontabs.example.com`);
  while ((await instances.next()).type !== 'DELETED');
  release();
  assert.ok([201, 404].includes((await late).status));
  const gone = await server.call('GET', `${definitions}/crontabs.example.com`);
  if (gone.status === 200) while ((await definitionEvents.next()).type !== 'DELETED');
  assert.equal((await server.call('GET', path('v1'))).status, 404);
});
