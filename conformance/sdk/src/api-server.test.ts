/** Custom API servers behind the real aggregator: what clients see, what handlers are told, and who is let in. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { APIService } from '@kindred/apis/apiregistration/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from '@kindred/apis/core/v1';
import { ClusterRole, ClusterRoleBinding } from '@kindred/apis/rbac/v1';
import { type Client, watchEvents } from '@kindred/client';
import { errorText, forbiddenField, isStatusError, type KubeObject, ManualClock, notFound } from '@kindred/machinery';
import { createAuthority, issueCertificate, type KeyAndCertificate } from '@kindred/machinery/certificates';
import { createManager, defineKind, type Manager, s, validatingWebhook, webhookServer } from '@kindred/operator';
import { defineApiServer, storageVersion, stored, subresource, virtual } from '@kindred/operator/api-server';
import { see } from '@kindred-conformance/clients/in-process';
import { type AggregatingCluster, aggregatingCluster } from './aggregating-cluster.ts';
import { freePort, localAddress } from './local-address.ts';

const group = 'views.example.com';
/** A view of a ConfigMap: how large it is. */
const Size = defineKind({
  group,
  version: 'v1',
  kind: 'Size',
  plural: 'sizes',
  shortNames: ['sz'],
  spec: s.object({ keys: s.integer().min(0) }),
  columns: [{ name: 'Keys', path: '.spec.keys' }],
});
const Fill = defineKind({
  group,
  version: 'v1',
  kind: 'Fill',
  plural: 'fills',
  spec: s.object({ key: s.string().pattern('^[a-z]+$') }),
});
const Note = defineKind({
  group: 'notes.example.com',
  version: 'v1',
  kind: 'Note',
  plural: 'notes',
  spec: s.object({ text: s.string(), author: s.string().optional() }),
  status: s.object({ read: s.boolean() }),
});

/** The same as it was called before. */
const OldNote = defineKind({
  group: 'notes.example.com',
  version: 'v1beta1',
  kind: 'Note',
  plural: 'notes',
  spec: s.object({ body: s.string(), author: s.string().optional() }),
  status: s.object({ read: s.boolean() }),
});
const Box = defineKind({
  group: 'boxes.example.com',
  version: 'v1',
  kind: 'Box',
  plural: 'boxes',
  scope: 'Cluster',
  spec: s.object({}),
});
const Pot = defineKind({
  group: 'pots.example.com',
  version: 'v1',
  kind: 'Pot',
  plural: 'pots',
  scope: 'Cluster',
  spec: s.object({}),
});
const day = 86_400_000;

function sizeOf({ metadata, data = {} }: ConfigMap) {
  const { name = '', namespace = '', resourceVersion = '' } = metadata;
  return { metadata: { name, namespace, resourceVersion }, spec: { keys: Object.keys(data).length } };
}

const views = defineApiServer({
  name: 'views',
  impersonation: true,
  resources: [
    virtual(Size, {
      async list({ caller, namespace }) {
        const { items, resourceVersion } = await caller.list(ConfigMap, { namespace });
        return { items: items.map(sizeOf), resourceVersion };
      },
      async get({ caller, namespace, name, user }) {
        if (name === 'broken') throw new Error('the source broke');
        if (name === 'whoami') {
          const annotations = { user: JSON.stringify(user) };
          return { metadata: { name, namespace, annotations }, spec: { keys: 0 } };
        }
        try {
          return sizeOf(await caller.get(ConfigMap, { namespace, name }));
        } catch (error) {
          if (isStatusError(error, 'NotFound')) return undefined;
          throw error;
        }
      },
      async *watch({ caller, namespace, resourceVersion, signal }) {
        const { body } = await caller.openWatch(ConfigMap, { namespace }, { resourceVersion, signal });
        for await (const event of watchEvents<ConfigMap>(body))
          if (event.type !== 'BOOKMARK') yield { type: event.type, object: sizeOf(event.object) };
      },
      subresources: {
        fill: subresource({
          kind: Fill,
          async create({ caller, namespace, name, body }) {
            const key = body?.spec.key;
            if (key === undefined) throw notFound({ group, resource: 'sizes/fill' }, name);
            return sizeOf(await caller.mergePatch(ConfigMap, { namespace, name }, { data: { [key]: '' } }));
          },
        }),
      },
    }),
    stored(Note, {
      prepareForCreate: ({ spec }) => void (spec.text = spec.text.trim()),
      admit: ({ operation, object, user }) => {
        if (operation === 'CREATE') object.spec.author = user.username;
      },
      validateUpdate: (note, old) =>
        note.spec.author === old.spec.author ? [] : [forbiddenField('spec.author', 'is whoever wrote the note')],
      warnings: ({ spec }) => (spec.text.length > 10 ? ['that is a long note'] : []),
      table: { columns: [{ name: 'Author' }], cells: ({ spec }) => [spec.author ?? null] },
      selectableFields: { 'spec.author': ({ spec }) => spec.author ?? '' },
    }),
    stored(OldNote, {
      storedAs: storageVersion(OldNote, Note, {
        toStorage: ({ spec: { body, ...spec }, ...rest }) => ({ ...rest, spec: { ...spec, text: body } }),
        fromStorage: ({ spec: { text, ...spec }, ...rest }) => ({ ...rest, spec: { ...spec, body: text } }),
      }),
    }),
  ],
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('a custom API server', () => {
  const atEnd: (() => unknown)[] = [];
  let cluster: AggregatingCluster;
  let manager: Manager;
  let alice: Client;
  let port: number;
  let ca: string;

  before(async () => {
    cluster = await aggregatingCluster({ after: (close) => void atEnd.push(close as () => unknown) });
    manager = await cluster.run(views);
    const { spec } = await cluster.admin.get(APIService, { name: `v1.${group}` });
    port = spec?.service?.port ?? 0;
    ca = Buffer.from(spec?.caBundle ?? '', 'base64').toString();
    await cluster.admin.create(ClusterRole, {
      metadata: { name: 'viewers' },
      rules: [
        { apiGroups: [group, 'notes.example.com'], resources: ['*'], verbs: ['*'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'patch'] },
      ],
    } as ClusterRole);
    await cluster.admin.create(ClusterRoleBinding, {
      metadata: { name: 'viewers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'viewers' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'viewers' }],
    } as ClusterRoleBinding);
    alice = cluster.as({
      username: 'alice',
      groups: ['viewers', 'system:authenticated'],
      extra: { scope: ['a', 'b'] },
    }).client;
    await cluster.admin.create(ConfigMap, { metadata: { name: 'one', namespace: 'default' }, data: { a: '1' } });
  });

  after(async () => {
    for (const close of atEnd) await close();
  });

  /** Straight to its port, past the aggregator. */
  async function call(
    path: string,
    options: { headers?: Record<string, string>; client?: KeyAndCertificate; method?: string; body?: string } = {},
  ): Promise<Answer> {
    const { headers = {}, client, method = 'GET', body } = options;
    const certificate = client === undefined ? {} : { cert: client.certificate, key: client.key };
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      ca,
      servername: 'kindred-views.kube-system.svc',
      agent: false,
      ...certificate,
    });
    sent.end(body);
    const [response] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
  }

  const sizes = `/apis/${group}/v1/namespaces/default/sizes`;
  const nobody = { 'x-remote-user': 'nobody' };
  const asAlice = { 'x-remote-user': 'alice', 'x-remote-group': 'viewers' };

  test('is found, and answers through the aggregator as one of the cluster', async () => {
    const size = await alice.get(Size, { namespace: 'default', name: 'one' });
    assert.deepEqual(size.spec, { keys: 1 });
    assert.equal(size.apiVersion, `${group}/v1`);
    const list = await alice.list(Size, { namespace: 'default' });
    assert.ok(list.items.some(({ metadata }) => metadata.name === 'one'));
    await assert.rejects(alice.get(Size, { namespace: 'default', name: 'none' }), (error) =>
      isStatusError(error, 'NotFound'),
    );
    const document = (await alice.raw({ method: 'GET', path: `/apis/${group}/v1` })) as {
      resources: { name: string }[];
    };
    assert.deepEqual(
      document.resources.map(({ name }) => name),
      ['sizes', 'sizes/fill'],
    );
  });

  test('knows who asks, and acts as they may', async () => {
    const { metadata } = await alice.get(Size, { namespace: 'default', name: 'whoami' });
    assert.deepEqual(JSON.parse(metadata.annotations?.['user'] ?? ''), {
      username: 'alice',
      groups: ['viewers', 'system:authenticated'],
      extra: { scope: ['a', 'b'] },
    });
    const { client: bob } = cluster.as({ username: 'bob', groups: ['viewers'] });
    await cluster.admin.create(ClusterRole, {
      metadata: { name: 'sizes-only' },
      rules: [{ apiGroups: [group], resources: ['sizes'], verbs: ['get'] }],
    } as ClusterRole);
    await cluster.admin.create(ClusterRoleBinding, {
      metadata: { name: 'sizes-only' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sizes-only' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'carol' }],
    } as ClusterRoleBinding);
    const { client: carol } = cluster.as({ username: 'carol', groups: [] });
    assert.equal((await bob.get(Size, { namespace: 'default', name: 'one' })).spec.keys, 1);
    await assert.rejects(carol.get(Size, { namespace: 'default', name: 'one' }), /cannot get resource "configmaps"/);
  });

  test('passes watches and subresources through', async () => {
    const ends = new AbortController();
    const { body } = await alice.openWatch(Size, { namespace: 'default' }, { signal: ends.signal });
    const seen: string[] = [];
    const fill = { apiVersion: `${group}/v1`, kind: 'Fill', spec: { key: 'b' } };
    for await (const event of watchEvents<KubeObject & { spec: { keys: number } }>(body)) {
      if (event.type === 'BOOKMARK' || event.object.metadata.name !== 'one') continue;
      seen.push(`${event.type} ${event.object.spec.keys}`);
      if (event.type === 'MODIFIED') break;
      await alice.createSubresource(Size, { namespace: 'default', name: 'one', subresource: 'fill' }, fill);
    }
    ends.abort();
    assert.deepEqual(seen, ['ADDED 1', 'MODIFIED 2']);
    await assert.rejects(
      alice.createSubresource(
        Size,
        { namespace: 'default', name: 'one', subresource: 'fill' },
        { ...fill, spec: { key: '1' } },
      ),
      (error) => isStatusError(error, 'Invalid'),
    );
  });

  test('lets in whom the front proxy names, over its own certificate only', async () => {
    const { frontProxy } = cluster;
    assert.equal((await call(`${sizes}/one`, { headers: asAlice, client: frontProxy.client })).status, 200);
    assert.equal((await call(`${sizes}/one`)).status, 401);
    assert.equal((await call(`${sizes}/one`, { client: frontProxy.client })).status, 401);
    assert.equal((await call(`${sizes}/one`, { headers: asAlice })).status, 401);
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 60_000) };
    const stranger = createAuthority('front-proxy-ca', validity);
    const leaf = { commonName: 'front-proxy-client', usages: ['clientAuth'] as const, ...validity };
    const foreign = issueCertificate(stranger, leaf);
    assert.equal((await call(`${sizes}/one`, { headers: asAlice, client: foreign })).status, 401);
    const misnamed = issueCertificate(frontProxy.authority, { ...leaf, commonName: 'somebody' });
    assert.equal((await call(`${sizes}/one`, { headers: asAlice, client: misnamed })).status, 401);
    assert.equal((await call(`${sizes}/one`, { headers: nobody, client: frontProxy.client })).status, 403);
    assert.equal((await call('/readyz')).status, 200);
    assert.equal((await call('/metrics')).status, 401);
  });

  test('follows whom the cluster says to believe', async () => {
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 60_000) };
    const next = createAuthority('front-proxy-ca', validity);
    const client = issueCertificate(next, { commonName: 'next-proxy', usages: ['clientAuth'], ...validity });
    const status = async () => (await call(`${sizes}/one`, { headers: asAlice, client })).status;
    assert.equal(await status(), 401);
    const config = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
    const { data } = await cluster.admin.get(ConfigMap, config);
    const both = {
      'requestheader-client-ca-file': cluster.frontProxy.authority.certificate + next.certificate,
      'requestheader-allowed-names': '["front-proxy-client", "next-proxy"]',
    };
    await cluster.admin.mergePatch(ConfigMap, config, { data: both });
    await see(status, (seen) => seen === 200);
    await cluster.admin.mergePatch(ConfigMap, config, { data: data ?? {} });
    await see(status, (seen) => seen === 401);
  });

  test('knows the tokens of the cluster, and asks about each of them once', async () => {
    await cluster.admin.create(ServiceAccount, { metadata: { name: 'robot', namespace: 'default' } });
    const { status } = await cluster.admin.createSubresource<KubeObject & { status: { token: string } }>(
      ServiceAccount,
      { namespace: 'default', name: 'robot', subresource: 'token' },
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    );
    const asked = () => cluster.writes.filter((write) => write.endsWith('/tokenreviews')).length;
    const before = asked();
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    // Known, and without rights.
    assert.equal((await call(`${sizes}/one`, bearer(status.token))).status, 403);
    assert.equal((await call(`${sizes}/one`, bearer(status.token))).status, 403);
    assert.equal(asked(), before + 1);
    assert.equal((await call(`${sizes}/one`, bearer('invalid'))).status, 401);
  });

  test('asks once who may do what', async () => {
    const asked = () => cluster.writes.filter((write) => write.endsWith('/subjectaccessreviews')).length;
    const dave = {
      headers: { 'x-remote-user': 'dave', 'x-remote-group': 'viewers' },
      client: cluster.frontProxy.client,
    };
    const before = asked();
    await Promise.all([call(`${sizes}/one`, dave), call(`${sizes}/one`, dave)]);
    await call(`${sizes}/one`, dave);
    assert.equal(asked(), before + 1);
  });

  test('says what is wrong with a request, and keeps what is wrong with itself for its log', async () => {
    const client = cluster.frontProxy.client;
    const failed = await call(`${sizes}/broken`, { headers: asAlice, client });
    assert.equal(failed.status, 500);
    assert.equal(JSON.parse(failed.text).reason, 'InternalError');
    assert.ok(cluster.errors.splice(0).some((line) => line.includes('the source broke')));
    assert.equal((await call(sizes, { headers: asAlice, client, method: 'POST', body: '{}' })).status, 405);
    const headers = { ...asAlice, 'content-type': 'application/json' };
    const fill = (body: string) => call(`${sizes}/one/fill`, { headers, client, method: 'POST', body });
    assert.equal((await fill('{')).status, 400);
    assert.equal((await fill('{"kind":"Size"}')).status, 400);
    assert.equal((await call(`/apis/${group}/v1/unheard-of`, { headers: asAlice, client })).status, 404);
    assert.equal((await call(`/apis/${group}/v1/unheard-of`, { headers: nobody, client })).status, 403);
    assert.deepEqual(cluster.errors, []);
  });

  test('stores objects by their strategy', async () => {
    const note = { metadata: { name: 'n', namespace: 'default' }, spec: { text: ' hello ' } };
    const created = await alice.create(Note, note);
    assert.deepEqual(created.spec, { text: 'hello', author: 'alice' });
    assert.ok(created.metadata.uid && created.metadata.resourceVersion);
    await assert.rejects(
      alice.mergePatch(Note, note.metadata, { spec: { author: 'bob' } }),
      /spec.author: Forbidden: is whoever wrote the note/,
    );
    await alice.applyStatus(Note, { metadata: note.metadata, status: { read: true } } as never, { fieldManager: 'x' });
    assert.equal((await alice.get(Note, note.metadata)).status?.read, true);
    const byAlice = await alice.list(Note, {}, { fieldSelector: 'spec.author=alice' });
    assert.equal(byAlice.items.length, 1);
    assert.equal((await alice.list(Note, {}, { fieldSelector: 'spec.author=bob' })).items.length, 0);
    const applied = await alice.apply(Note, { metadata: note.metadata, spec: { text: 'more' } } as never, {
      force: true,
    });
    assert.equal(applied.spec.text, 'more');
    const old = await alice.get(OldNote, note.metadata);
    assert.deepEqual(old.spec, { body: 'more', author: 'alice' });
    await alice.mergePatch(OldNote, note.metadata, { spec: { body: 'less' } });
    assert.equal((await alice.get(Note, note.metadata)).spec.text, 'less');
    const elsewhere = { ...note, metadata: { name: 'n', namespace: 'nowhere' } };
    await assert.rejects(alice.create(Note, elsewhere), /namespaces "nowhere" not found/);
    await cluster.admin.create(Namespace, { metadata: { name: 'fresh' } });
    await alice.create(Note, { ...note, metadata: { name: 'n', namespace: 'fresh' } });
    await cluster.admin.create(Namespace, { metadata: { name: 'going', finalizers: ['example.com/held'] } });
    await cluster.admin.delete(Namespace, { name: 'going' });
    const late = { ...note, metadata: { name: 'n', namespace: 'going' } };
    const tried = () => alice.create(Note, late, { dryRun: true }).then(() => 'made', errorText);
    await see(tried, (outcome) => outcome.includes('because it is being terminated'));
    await alice.delete(Note, note.metadata);
    await assert.rejects(alice.get(Note, note.metadata), (error) => isStatusError(error, 'NotFound'));
  });

  test('asks the webhooks of the cluster about what it stores', async (t) => {
    const notes = createManager({ client: cluster.admin });
    t.after(() => notes.close());
    const policy = validatingWebhook({
      kind: Note,
      validate: ({ object }) => ({
        errors: object.spec.text === 'secret' ? [forbiddenField('spec.text', 'not in this cluster')] : [],
      }),
    });
    notes.add(webhookServer({ extension: 'policy', webhooks: [policy] }));
    await notes.start();
    const secret = { metadata: { name: 's', namespace: 'default' }, spec: { text: 'secret' } };
    const tried = () => alice.create(Note, secret, { dryRun: true }).then(() => 'made', errorText);
    await see(tried, (outcome) => outcome.includes('spec.text: Forbidden: not in this cluster'));
    await notes.close();
    await see(tried, (outcome) => outcome === 'made');
  });

  test('replaces its certificate before it ends', async () => {
    const clock = new ManualClock(Date.now() - 61 * day);
    const boxes = defineApiServer({
      name: 'boxes',
      resources: [virtual(Box, { get: ({ name }) => ({ metadata: { name }, spec: {} }) })],
    });
    const bundle = async () => {
      const { spec } = await cluster.admin.get(APIService, { name: 'v1.boxes.example.com' });
      return Buffer.from(spec?.caBundle ?? '', 'base64').toString();
    };
    let isStarted = false;
    const starting = cluster.run(boxes, { clock }).finally(() => {
      isStarted = true;
    });
    // Waiting for the cluster to find it takes the clock's time.
    await see(
      () => Promise.resolve(clock.advance(50)),
      () => isStarted,
    );
    const running = await starting;
    const first = await bundle();
    assert.equal((await cluster.admin.get(Box, { name: 'a' })).metadata.name, 'a');
    clock.advance(61 * day);
    const second = await see(
      () => {
        clock.advance(1000);
        return bundle();
      },
      (seen) => seen !== first,
    );
    assert.ok(second.endsWith(first), 'the authority before this one is still trusted');
    assert.equal((await cluster.admin.get(Box, { name: 'a' })).metadata.name, 'a');
    await running.close();
    // Two months in a moment are a silent watch.
    for (const line of cluster.errors.splice(0)) assert.match(line, /was silent for/);
  });

  const address = localAddress();
  const skip = address === undefined && 'this machine has no address beside loopback';
  test('runs as pods behind a Service, which share a certificate', { skip }, async () => {
    const served = defineApiServer({ name: 'pods', resources: [virtual(Pot, { list: () => [] })] });
    const targetPort = await freePort();
    const at = { name: 'pots', namespace: 'default' };
    await cluster.admin.create(Service, { metadata: at, spec: { ports: [{ port: 443, targetPort }] } });
    await cluster.admin.raw({
      method: 'POST',
      path: '/api/v1/namespaces/default/endpoints',
      body: { metadata: at, subsets: [{ addresses: [{ ip: address }], ports: [{ port: targetPort }] }] },
    });
    const service = { ...at, targetPort };
    const pod = await cluster.run(served, { service });
    const answers = () =>
      see(
        () => cluster.admin.list(Pot),
        () => true,
      );
    await answers();
    const registered = () => cluster.admin.get(APIService, { name: 'v1.pots.example.com' });
    const { spec } = await registered();
    await pod.close();
    const next = await cluster.run(served, { service });
    assert.deepEqual((await registered()).spec, spec);
    await answers();
    await next.close();
    await cluster.admin.delete(APIService, { name: 'v1.pots.example.com' });
  });

  test('ends with its process, keeps what it stores, and is found again', async () => {
    await manager.close();
    await assert.rejects(cluster.admin.get(APIService, { name: `v1.${group}` }), (error) =>
      isStatusError(error, 'NotFound'),
    );
    await assert.rejects(cluster.admin.get(Service, { name: 'kindred-views', namespace: 'kube-system' }), (error) =>
      isStatusError(error, 'NotFound'),
    );
    await assert.rejects(call('/readyz'), /ECONNREFUSED/);
    await cluster.run(views);
    assert.equal((await alice.get(Note, { namespace: 'fresh', name: 'n' })).spec.text, 'hello');
    assert.deepEqual(cluster.errors, []);
  });
});
