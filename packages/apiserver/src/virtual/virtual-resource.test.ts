import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { type TestContext, test } from 'node:test';
import { alreadyExists, notFound } from '@kindred/machinery';
import { defineKind, s } from '@kindred/schema';
import { customKind } from '../crds/custom-kind.ts';
import type { ServedKind } from '../resources/served-kind.ts';
import { createTestServer, json } from '../testing/test-server.ts';
import {
  subresourceDefinitions,
  type VirtualSubresources,
  verbsOfSource,
  virtualResource,
} from './virtual-resource.ts';
import type { SourceEvent, SourceObject, VirtualSource } from './virtual-source.ts';

const group = 'boxes.example.com';
const Box = defineKind({
  group,
  version: 'v1',
  kind: 'Box',
  plural: 'boxes',
  shortNames: ['bx'],
  spec: s.object({ size: s.integer().min(1).default(1), note: s.string().optional() }),
  columns: [{ name: 'Size', path: '.spec.size' }],
});
const Order = defineKind({
  group,
  version: 'v1',
  kind: 'Order',
  plural: 'orders',
  spec: s.object({ count: s.integer().min(1) }),
});

function kindOf(kind: Pick<typeof Box, 'crd'>): ServedKind {
  const crd = kind.crd();
  const [version] = crd.spec.versions;
  assert.ok(version);
  return customKind(crd, version, { storageVersion: version.name, isTerminating: () => false });
}

/** Boxes in a map, with a version that counts, and their events. */
class Boxes implements VirtualSource {
  readonly #objects = new Map<string, SourceObject>();
  readonly #events = new EventEmitter();
  #version = 1;

  get = ({ namespace, name }: { namespace: string; name: string }) => this.#objects.get(`${namespace}/${name}`);

  list = () => ({
    items: [...this.#objects.values()],
    resourceVersion: String(this.#version),
    continue: undefined,
    remainingItemCount: undefined,
  });

  create: NonNullable<VirtualSource['create']> = (_request, { object, options }) => {
    if (this.#objects.has(keyOf(object))) throw alreadyExists({ group, resource: 'boxes' }, object.metadata.name ?? '');
    return options.dryRun ? object : this.#put('ADDED', object);
  };

  update: NonNullable<VirtualSource['update']> = (_request, { object, options }) =>
    options.dryRun ? object : this.#put('MODIFIED', object);

  delete: NonNullable<VirtualSource['delete']> = ({ namespace, name }, { dryRun }) => {
    const object = this.#objects.get(`${namespace}/${name}`);
    if (object === undefined) throw notFound({ group, resource: 'boxes' }, name);
    if (!dryRun) {
      this.#objects.delete(keyOf(object));
      this.#events.emit('event', { type: 'DELETED', object });
    }
    return undefined;
  };

  watch: NonNullable<VirtualSource['watch']> = (_request, { signal }) => eventsOf(this.#events, signal);

  #put(type: 'ADDED' | 'MODIFIED', object: SourceObject): SourceObject {
    const resourceVersion = String(++this.#version);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.#objects.set(keyOf(object), stored);
    this.#events.emit('event', { type, object: stored });
    return stored;
  }
}

function keyOf({ metadata }: SourceObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

async function* eventsOf(emitter: EventEmitter, signal: AbortSignal): AsyncGenerator<SourceEvent> {
  for await (const [event] of on(emitter, 'event', { signal })) yield event as SourceEvent;
}

async function serve(t: TestContext, source: VirtualSource, subresources: VirtualSubresources = {}) {
  const base = kindOf(Box);
  const kind = {
    ...base,
    definition: {
      ...base.definition,
      verbs: verbsOfSource(source),
      subresources: subresourceDefinitions(subresources),
    },
  };
  return createTestServer(t, { resources: [{ kind, handle: virtualResource(source, subresources) }] });
}

const all = `/apis/${group}/v1/boxes`;
const boxes = `/apis/${group}/v1/namespaces/default/boxes`;
const box = (name: string, spec: object = {}, labels: Record<string, string> = {}) => ({
  apiVersion: `${group}/v1`,
  kind: 'Box',
  metadata: { name, labels },
  spec,
});
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };

test('objects go through the source and come back whole', async (t) => {
  const server = await serve(t, new Boxes());
  const created = await server.call('POST', boxes, box('a'));
  assert.equal(created.status, 201, created.text);
  const object = json(created);
  assert.deepEqual(object['spec'], { size: 1 });
  assert.ok(object.metadata.uid && object.metadata.creationTimestamp);
  assert.equal(object.metadata.namespace, 'default');
  assert.equal(json(await server.call('GET', `${boxes}/a`)).metadata.uid, object.metadata.uid);
  const patched = await server.call('PATCH', `${boxes}/a`, { spec: { size: 3 } }, mergePatch);
  assert.deepEqual(json(patched)['spec'], { size: 3 });
  const replaced = await server.call('PUT', `${boxes}/a`, { ...box('a', { size: 4 }) });
  assert.equal(replaced.status, 200, replaced.text);
  assert.equal(json(replaced).metadata.uid, object.metadata.uid);
  const rows = json(await server.call('GET', boxes, undefined, table));
  assert.deepEqual((rows['rows'] as { cells: unknown[] }[])[0]?.cells, ['a', 4]);
  const yaml = await server.call('GET', `${boxes}/a`, undefined, { accept: 'application/yaml' });
  assert.match(yaml.text, /^apiVersion: boxes.example.com\/v1$/m);
  assert.equal(json(await server.call('DELETE', `${boxes}/a`))['status'], 'Success');
  assert.equal((await server.call('GET', `${boxes}/a`)).status, 404);
});

test('what is wrong with a write is said before the source hears of it', async (t) => {
  const server = await serve(t, new Boxes());
  await server.call('POST', boxes, box('a'));
  const statusOf = async (...call: Parameters<typeof server.call>) => (await server.call(...call)).status;
  assert.equal(await statusOf('POST', boxes, '{'), 400);
  assert.equal(await statusOf('POST', boxes, { ...box('b'), kind: 'Chest' }), 400);
  assert.equal(await statusOf('POST', boxes, box('b', { size: 0 })), 422);
  assert.equal(await statusOf('POST', boxes, box('B')), 422);
  assert.equal(await statusOf('POST', `${boxes}?fieldValidation=Strict`, box('b', { sise: 2 })), 400);
  assert.equal(await statusOf('POST', boxes, box('a')), 409);
  const stale = { ...box('a'), metadata: { name: 'a', resourceVersion: '1' } };
  assert.equal(await statusOf('PUT', `${boxes}/a`, stale), 409);
  assert.equal(await statusOf('PUT', `${boxes}/none`, box('none')), 404);
  assert.equal(await statusOf('PATCH', `${boxes}/a`, { spec: {} }, { 'content-type': 'text/plain' }), 415);
  assert.equal(await statusOf('DELETE', `${boxes}/a`, { preconditions: { uid: 'other' } }), 409);
  assert.equal(await statusOf('GET', `${boxes}/a/unheard-of`), 404);
});

test('apply creates, merges and keeps what others want', async (t) => {
  const server = await serve(t, new Boxes());
  const apply = (manager: string, spec: object) =>
    server.call('PATCH', `${boxes}/a?fieldManager=${manager}`, box('a', spec), {
      'content-type': 'application/apply-patch+yaml',
    });
  assert.equal((await apply('one', { size: 2 })).status, 201);
  assert.deepEqual(json(await apply('two', { note: 'x' }))['spec'], { size: 2, note: 'x' });
  assert.equal((await apply('two', { note: 'x', size: 5 })).status, 409);
  assert.deepEqual(json(await apply('two', {}))['spec'], { size: 2 });
});

test('selectors hold for whatever the source gives', async (t) => {
  const server = await serve(t, new Boxes());
  await server.call('POST', boxes, box('a', {}, { tier: 'x' }));
  await server.call('POST', boxes, box('b', {}, { tier: 'y' }));
  const namesOf = async (query: string) => {
    const items = json(await server.call('GET', `${all}?${query}`))['items'] as SourceObject[];
    return items.map(({ metadata }) => metadata.name);
  };
  assert.deepEqual(await namesOf('labelSelector=tier%3Dy'), ['b']);
  assert.deepEqual(await namesOf('fieldSelector=metadata.name%3Da'), ['a']);
  assert.equal((await server.call('GET', `${all}?fieldSelector=spec.size%3D1`)).status, 400);
  const cleared = await server.call('DELETE', `${boxes}?labelSelector=tier%3Dy`);
  assert.equal(cleared.status, 200);
  assert.deepEqual(await namesOf(''), ['a']);
});

test('a watch shows what is there, then what happens to what is selected', async (t) => {
  const server = await serve(t, new Boxes());
  await server.call('POST', boxes, box('a', {}, { tier: 'x' }));
  const watch = server.watch(
    `${boxes}?watch=1&labelSelector=tier%3Dx&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  const next = async () => {
    const { type, object } = await watch.next();
    return `${type} ${object.metadata.name ?? object.metadata.annotations?.['k8s.io/initial-events-end']}`;
  };
  assert.equal(await next(), 'ADDED a');
  assert.equal(await next(), 'BOOKMARK true');
  await server.call('POST', boxes, box('b', {}, { tier: 'y' }));
  await server.call('PATCH', `${boxes}/b`, { metadata: { labels: { tier: 'x' } } }, mergePatch);
  assert.equal(await next(), 'ADDED b');
  await server.call('PATCH', `${boxes}/b`, { spec: { size: 2 } }, mergePatch);
  assert.equal(await next(), 'MODIFIED b');
  await server.call('PATCH', `${boxes}/b`, { metadata: { labels: { tier: 'y' } } }, mergePatch);
  assert.equal(await next(), 'DELETED b');
  await server.call('DELETE', `${boxes}/a`);
  assert.equal(await next(), 'DELETED a');
  const closing = server.close();
  assert.equal(await watch.ended(), true);
  await closing;
});

test('a source without states is watched from the beginning; its faults end the watch', async (t) => {
  const watch: NonNullable<VirtualSource['watch']> = async function* () {
    yield { type: 'ADDED', object: { metadata: { name: 'a', namespace: 'default' }, spec: {} } };
    await Promise.resolve();
    throw notFound({ group, resource: 'boxes' }, 'source');
  };
  const server = await serve(t, { watch });
  const watching = server.watch(`${boxes}?watch=1`);
  assert.equal((await watching.next()).type, 'ADDED');
  const { type, object } = await watching.next();
  assert.equal(type, 'ERROR');
  assert.equal(object['code'], 404);
  const streaming = await server.call(
    'GET',
    `${boxes}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
  );
  assert.equal(streaming.status, 422);
});

test('objects of a namespace need not repeat it', async (t) => {
  const server = await serve(t, {
    get: ({ name }) => ({ metadata: { name }, spec: {} }),
    list: () => ({
      items: [{ metadata: { name: 'a' }, spec: {} }],
      resourceVersion: '',
      continue: undefined,
      remainingItemCount: undefined,
    }),
  });
  assert.equal(json(await server.call('GET', `${boxes}/a`)).metadata.namespace, 'default');
  const [item] = json(await server.call('GET', boxes))['items'] as SourceObject[];
  assert.equal(item?.metadata.namespace, 'default');
});

test('verbs are those of the source, in discovery and in answers', async (t) => {
  const server = await serve(t, { list: () => new Boxes().list() });
  const list = json(await server.call('GET', `/apis/${group}/v1`));
  const resources = list['resources'] as { name: string; verbs: string[] }[];
  assert.deepEqual(
    resources.map(({ name, verbs }) => `${name} ${verbs.join()}`),
    ['boxes list'],
  );
  assert.equal((await server.call('POST', boxes, box('a'))).status, 405);
  assert.equal((await server.call('GET', `${boxes}/a`)).status, 405);
  const document = json(await server.call('GET', `/openapi/v3/apis/${group}/v1`));
  const paths = document['paths'] as Record<string, object>;
  assert.deepEqual(Object.keys(paths[`/apis/${group}/v1/namespaces/{namespace}/boxes`] ?? {}), ['get', 'parameters']);
});

test('subresources take a kind of their own and answer objects or bytes', async (t) => {
  const source = new Boxes();
  const server = await serve(t, source, {
    order: {
      kind: kindOf(Order),
      create: ({ name }, { object }) => ({ ...object, metadata: { name: `${name}-1` } }),
    },
    label: {
      get: ({ name }) => ({ contentType: 'text/plain', body: `box ${name}\n` }),
    },
    log: {
      get: () => ({
        contentType: 'text/plain',
        body: (async function* () {
          yield Buffer.from('one\n');
          await Promise.resolve();
          yield Buffer.from('two\n');
        })(),
      }),
    },
  });
  const order = { apiVersion: `${group}/v1`, kind: 'Order', spec: { count: 2 } };
  const ordered = await server.call('POST', `${boxes}/a/order`, order);
  assert.equal(ordered.status, 201, ordered.text);
  assert.equal(json(ordered).metadata.name, 'a-1');
  assert.equal((await server.call('POST', `${boxes}/a/order`, { ...order, spec: { count: 0 } })).status, 422);
  assert.equal((await server.call('POST', `${boxes}/a/order`, box('a'))).status, 400);
  assert.equal((await server.call('GET', `${boxes}/a/order`)).status, 405);
  assert.equal((await server.call('GET', `${boxes}/a/label`)).text, 'box a\n');
  assert.equal((await server.call('GET', `${boxes}/a/log`)).text, 'one\ntwo\n');
  const list = json(await server.call('GET', `/apis/${group}/v1`));
  const resources = list['resources'] as { name: string; kind: string }[];
  assert.deepEqual(
    resources.map(({ name, kind }) => `${name} ${kind}`),
    ['boxes Box', 'boxes/order Order', 'boxes/label Box', 'boxes/log Box'],
  );
});
