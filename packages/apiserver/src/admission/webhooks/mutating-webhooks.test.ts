import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Unstructured } from '@kindred/machinery';
import { createTestServer, json, type TestServer } from '../../testing/test-server.ts';
import { createTestWebhook, patchReply, type TestWebhook, type WebhookReply } from '../../testing/test-webhook.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const configMaps = '/api/v1/namespaces/default/configmaps';

interface HookOptions {
  readonly name: string;
  readonly resources?: readonly string[];
  readonly group?: string;
  readonly changes?: object;
}

async function register(
  server: TestServer,
  hook: TestWebhook,
  { name, resources = ['configmaps'], group = '', changes = {} }: HookOptions,
): Promise<void> {
  const answer = await server.call('POST', configurations, {
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        clientConfig: { url: `${hook.url}/${name}`, caBundle: hook.caBundle },
        rules: [{ operations: ['*'], apiGroups: [group], apiVersions: ['*'], resources }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...changes,
      },
    ],
  });
  assert.equal(answer.status, 201, answer.text);
}

async function serverWith(
  t: TestContext,
  options: Partial<HookOptions>,
  reply: (object: Unstructured) => WebhookReply,
) {
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, ({ request }) =>
    request.object === null ? { allowed: true } : reply(request.object),
  );
  await register(server, hook, { name: 'a.hook', ...options });
  return { server, hook };
}

function set(path: string, value: unknown): object {
  return { op: 'add', path, value };
}

test('a patch is carried out, and nothing that belongs to the server changes with it', async (t) => {
  const { server } = await serverWith(t, {}, () =>
    patchReply([
      set('/data', { a: 'b' }),
      set('/metadata/labels', { x: 'y' }),
      set('/metadata/uid', 'mine'),
      set('/nonsense', 1),
    ]),
  );
  const made = json(await server.call('POST', configMaps, { metadata: { name: 'a' }, data: { c: 'd' } }));
  assert.deepEqual([made['data'], made.metadata.labels, made['nonsense']], [{ a: 'b' }, { x: 'y' }, undefined]);
  assert.notEqual(made.metadata.uid, 'mine');
  assert.deepEqual(json(await server.call('GET', `${configMaps}/a`)), made);
  const dry = await server.call('POST', `${configMaps}?dryRun=All`, { metadata: { name: 'b' } });
  assert.deepEqual(json(dry)['data'], { a: 'b' });
});

test('what a patch made is defaulted, validated and counted as a generation', async (t) => {
  const container = { name: 'b', image: 'b' };
  let patch = [set('/spec/template/spec/containers/-', container)];
  const { server } = await serverWith(t, { group: 'apps', resources: ['deployments'] }, () => patchReply(patch));
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const labels = { app: 'a' };
  const deployment = {
    metadata: { name: 'a' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } },
    },
  };
  const made = await server.call('POST', path, deployment);
  assert.equal(made.status, 201, made.text);
  assert.match(made.text, /"name":"b","image":"b",.*"terminationMessagePolicy":"File"/);
  patch = [set('/spec/replicas', 4)];
  const annotate = { metadata: { annotations: { x: 'y' } } };
  const merge = { 'content-type': 'application/merge-patch+json' };
  const changed = json(await server.call('PATCH', `${path}/a`, annotate, merge));
  assert.equal(changed.metadata.generation, 2);
  // Through the subresource status only the status changes, whoever asks for more.
  patch = [set('/spec/replicas', 9)];
  const status = json(await server.call('PATCH', `${path}/a/status`, { status: { replicas: 1 } }, merge));
  assert.match(JSON.stringify(status['spec']), /"replicas":4/);
  patch = [{ op: 'remove', path: '/spec/selector' }];
  const refused = await server.call('POST', path, { ...deployment, metadata: { name: 'c' } });
  assert.equal(refused.status, 422, refused.text);
});

test('a webhook is asked again when another one changed the object after it', async (t) => {
  const server = await createTestServer(t);
  const hook = await createTestWebhook(t, ({ path, request }) => {
    const labels = request.object?.metadata.labels ?? {};
    if (path.includes('z.hook')) return patchReply([set('/metadata/labels', { ...labels, late: 'yes' })]);
    return patchReply([set('/metadata/labels', { ...labels, seen: Object.keys(labels).sort().join('-') })]);
  });
  const asked = (): string[] => hook.reviews.splice(0).map(({ path }) => path.replace(/.*\/|\?.*/g, ''));
  await register(server, hook, { name: 'z.hook' });
  await register(server, hook, { name: 'a.hook', changes: { reinvocationPolicy: 'IfNeeded' } });
  await register(server, hook, { name: 'b.hook' });
  const made = json(await server.call('POST', configMaps, { metadata: { name: 'a' } }));
  assert.deepEqual(asked(), ['a.hook', 'b.hook', 'z.hook', 'a.hook']);
  assert.deepEqual(made.metadata.labels, { seen: 'late-seen', late: 'yes' });
});

test('the built-in plugins see what webhooks have changed', async (t) => {
  let seen: unknown[] = [];
  const server = await createTestServer(t, {
    admission: [
      {
        name: 'Look',
        operations: ['CREATE'],
        admit: ({ object }) => void seen.push(object?.metadata.labels),
      },
    ],
  });
  const hook = await createTestWebhook(t, () => patchReply([set('/metadata/labels', { a: 'b' })]));
  await register(server, hook, { name: 'a.hook' });
  seen = [];
  await server.call('POST', configMaps, { metadata: { name: 'a' } });
  assert.deepEqual(seen, [undefined, { a: 'b' }]);
});

test('a scale is shown as a Scale', async (t) => {
  const { server, hook } = await serverWith(t, { group: 'apps', resources: ['*/scale'] }, () =>
    patchReply([{ op: 'replace', path: '/spec/replicas', value: 2 }]),
  );
  const path = '/apis/apps/v1/namespaces/default/replicasets';
  const labels = { app: 'a' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  await server.call('POST', path, {
    metadata: { name: 'a' },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  });
  const merge = { 'content-type': 'application/merge-patch+json' };
  const scaled = await server.call('PATCH', `${path}/a/scale`, { spec: { replicas: 7 } }, merge);
  assert.deepEqual([scaled.status, json(scaled)['spec']], [200, { replicas: 2 }]);
  const [review] = hook.reviews;
  assert.deepEqual(review?.request.kind, { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  assert.deepEqual([review?.request.subResource, review?.request.object?.['spec']], ['scale', { replicas: 7 }]);
  assert.deepEqual(review?.request.oldObject?.['spec'], { replicas: 1 });
});

test('evictions and bindings are made, and are asked about as such', async (t) => {
  const { server, hook } = await serverWith(
    t,
    { resources: ['pods/eviction', 'pods/binding', 'pods'] },
    ({ kind }) => ({
      allowed: kind !== 'Eviction',
      status: { code: 429, message: 'not now' },
    }),
  );
  const pods = '/api/v1/namespaces/default/pods';
  const spec = { containers: [{ name: 'a', image: 'a' }] };
  assert.equal((await server.call('POST', pods, { metadata: { name: 'a' }, spec })).status, 201);
  const binding = { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } };
  assert.equal((await server.call('POST', `${pods}/a/binding`, binding)).status, 201);
  const evicted = await server.call('POST', `${pods}/a/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'a' },
  });
  assert.deepEqual(
    [evicted.status, json(evicted)['message']],
    [429, 'admission webhook "a.hook.example.com" denied the request: not now'],
  );
  assert.deepEqual(
    hook.reviews.map(({ request: { kind, operation, subResource, oldObject } }) => [
      kind.kind,
      operation,
      subResource,
      oldObject,
    ]),
    [
      ['Pod', 'CREATE', undefined, null],
      ['Binding', 'CREATE', 'binding', null],
      ['Eviction', 'CREATE', 'eviction', null],
    ],
  );
});

test('custom resources are pruned and defaulted after a patch', async (t) => {
  const { server } = await serverWith(t, { group: 'example.com', resources: ['things'] }, () =>
    patchReply([set('/spec/unknown', 1), set('/spec/part', {})]),
  );
  const part = { type: 'object', properties: { size: { type: 'integer', default: 3 } } };
  await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { name: { type: 'string' }, part } } },
            },
          },
        },
      ],
    },
  });
  const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { name: 'x' } };
  const made = await server.call('POST', '/apis/example.com/v1/namespaces/default/things', thing);
  assert.deepEqual(json(made)['spec'], { name: 'x', part: { size: 3 } });
});

test('patches that cannot be carried out are the failure of the webhook', async (t) => {
  let reply: WebhookReply = patchReply([{ op: 'remove', path: '/data/none' }]);
  const { server } = await serverWith(t, {}, () => reply);
  const create = async (): Promise<[number, string]> => {
    const answer = await server.call('POST', configMaps, { metadata: { name: 'a' }, data: { a: 'b' } });
    return [answer.status, String(json(answer)['message'])];
  };
  assert.deepEqual((await create())[0], 500);
  reply = { allowed: true, patchType: 'JSONPatch' };
  assert.match((await create())[1], /webhook returned response.patchType but not response.patch$/);
  reply = { allowed: true, patchType: 'Merge', patch: 'e30=' };
  assert.match((await create())[1], /unsupported patch type "Merge"$/);
  reply = patchReply([set('/metadata/namespace', 'kube-system')]);
  assert.equal((await create())[0], 400);
  reply = patchReply([set('/data', 'text')]);
  assert.equal((await create())[0], 500);
});

test('there is nothing to change about a deletion', async (t) => {
  const server = await createTestServer(t);
  await server.call('POST', configMaps, { metadata: { name: 'a' } });
  const hook = await createTestWebhook(t, () => patchReply([set('/data', {})]));
  await register(server, hook, { name: 'a.hook' });
  const answer = await server.call('DELETE', `${configMaps}/a`);
  assert.equal(
    json(answer)['message'],
    'Internal error occurred: admission webhook "a.hook.example.com" attempted to modify the object, which is not supported for this operation',
  );
  assert.equal((await server.call('GET', `${configMaps}/a`)).status, 200);
});

test('v1beta1 is spoken with who knows nothing newer', async (t) => {
  const { server, hook } = await serverWith(t, { changes: { admissionReviewVersions: ['v1beta1'] } }, () => ({
    uid: '',
    ...(patchReply([set('/data', { a: 'b' })]) as object),
  }));
  const made = json(await server.call('POST', configMaps, { metadata: { name: 'a' } }));
  assert.deepEqual(made['data'], { a: 'b' });
  assert.equal(hook.reviews[0]?.apiVersion, 'admission.k8s.io/v1beta1');
});
