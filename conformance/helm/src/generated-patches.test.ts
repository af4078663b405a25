/**
 * Client-side patches of generated objects: a release of many Deployments, Services and ConfigMaps that differ in everything,
 * with drift in between, upgraded by the real helm and by ours; each patch must be the same.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  buildResources,
  type Cluster,
  createKindMapper,
  createResources,
  markOwned,
  updateResources,
} from '@kindred/helm';
import {
  encodeJsonText,
  isJsonObject,
  isStatusError,
  type JsonObject,
  type JsonValue,
  systemClock,
} from '@kindred/machinery';
import fc from 'fast-check';
import { writeThroughChart } from './fixtures/through-chart.ts';
import { type HttpCluster, httpCluster } from './http-cluster.ts';

const SEED = 20_261_122;
const OBJECTS = 40;

const names = fc.constantFrom('a', 'b', 'c', 'd');
const text = fc.constantFrom('one', 'two', 'three');
const texts = fc.dictionary(names, text, { maxKeys: 3 });
const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
const named = <T extends object>(values: fc.Arbitrary<T>, least = 0) =>
  fc
    .uniqueArray(names, { minLength: least, maxLength: 4 })
    .chain((keys) => fc.tuple(...keys.map((name) => values.map((value) => ({ name, ...value })))));

const probe = fc.oneof(
  fc.record({ exec: fc.record({ command: fc.array(text, { minLength: 1, maxLength: 2 }) }) }),
  fc.record({ tcpSocket: fc.record({ port: fc.constantFrom(80, 81) }) }),
);
const env = fc.oneof(
  fc.record({ value: text }),
  fc.record({ valueFrom: fc.record({ fieldRef: fc.record({ fieldPath: fc.constant('metadata.name') }) }) }),
);
const containerPort = fc.constantFrom(80, 81, 82);
const containerPorts = fc
  .uniqueArray(containerPort, { maxLength: 3 })
  .chain((ports) =>
    fc.tuple(
      ...ports.map((port) => some({ protocol: fc.constant('TCP') }).map((more) => ({ containerPort: port, ...more }))),
    ),
  );
const container = fc
  .tuple(
    fc.record({ image: text }),
    some({
      command: fc.array(text, { maxLength: 3 }),
      env: named(env),
      ports: containerPorts,
      livenessProbe: probe,
      resources: some({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '2')) }),
    }),
  )
  .map(([image, more]) => ({ ...image, ...more }));
const volume = fc.oneof(
  fc.record({ emptyDir: fc.constant({}) }),
  fc.record({ hostPath: fc.record({ path: fc.constantFrom('/a', '/b') }) }),
  fc.record({ configMap: fc.record({ name: text }) }),
);
const toleration = fc.record({ key: text, operator: fc.constant('Exists') });
const metadata = some({ labels: texts, annotations: texts });

const deployment = fc
  .tuple(
    metadata,
    named(container, 1),
    some({ volumes: named(volume), tolerations: fc.array(toleration, { maxLength: 2 }), nodeSelector: texts }),
    some({
      replicas: fc.nat(3),
      strategy: fc.oneof(
        fc.constant({ type: 'Recreate' }),
        fc.record({ rollingUpdate: fc.record({ maxSurge: fc.constantFrom(1, 2) }) }),
      ),
    }),
  )
  .map(([meta, containers, pod, more]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta,
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers, ...pod } },
      ...more,
    },
  }));
const servicePorts = fc
  .uniqueArray(containerPort, { minLength: 1, maxLength: 3 })
  .map((ports) => ports.map((port) => ({ name: `p${port}`, port })));
const service = fc.tuple(metadata, servicePorts, texts).map(([meta, ports, selector]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta,
  spec: { clusterIP: 'None', ports, selector },
}));
/** In order: Go's library sorts one of the lists in place before it compares their orders. */
const finalizers = fc.subarray(['x.io/a', 'x.io/b', 'x.io/c']);
const config = fc.tuple(metadata, some({ finalizers }), texts).map(([meta, more, data]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...meta, ...more },
  data,
}));

type Made = { readonly apiVersion: string; readonly kind: string; readonly metadata: object };
const kinds: readonly (readonly [kind: fc.Arbitrary<Made>, path: string])[] = [
  [deployment, '/apis/apps/v1/namespaces/default/deployments'],
  [service, '/api/v1/namespaces/default/services'],
  [config, '/api/v1/namespaces/default/configmaps'],
];

/** One version of all objects; the same seed gives the same. */
function objects(seed: number): { readonly object: JsonObject; readonly path: string }[] {
  return kinds.flatMap(([kind, path], at) =>
    fc.sample(kind, { seed: seed + at, numRuns: OBJECTS }).map((made, index) => {
      const named = { ...made, metadata: { ...made.metadata, name: `o${index}` } };
      return { object: JSON.parse(JSON.stringify(named)), path: `${path}/o${index}` };
    }),
  );
}

const manifestOf = (seed: number): string =>
  objects(seed)
    .map(({ object }) => encodeJsonText(object))
    .join('\n---\n');

/** A third version of half of the objects, merged in by somebody else. */
async function drift({ client }: HttpCluster): Promise<void> {
  for (const [at, { object, path }] of objects(SEED + 100).entries()) {
    if (at % 2 === 1) continue;
    const query = { fieldManager: 'hand' };
    try {
      await client.raw({ method: 'PATCH', path, body: object, contentType: 'application/merge-patch+json', query });
    } catch (error) {
      if (!isStatusError(error, 'Invalid')) throw error; // Then it is so in both clusters.
    }
  }
}

function patches({ requests }: HttpCluster): unknown[] {
  return requests
    .splice(0)
    .filter(({ method, path }) => method === 'PATCH' && !path.includes('/secrets'))
    .map(({ path, contentType, body }) => ({ path, contentType, body: plain(body ?? null) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, plain(value[name] ?? null)]),
  );
}

test('client-side patches are the same', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-patches-'));
  t.after(() => rm(directory, { recursive: true }));
  await writeThroughChart(directory);
  const values = async (seed: number): Promise<string> => {
    const path = join(directory, `${seed}.json`);
    await writeFile(path, encodeJsonText({ manifest: manifestOf(seed) }));
    return path;
  };
  const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
  const client = ours.recorded;
  const cluster: Cluster = { client, mapper: createKindMapper(client), namespace: 'default', clock: systemClock };
  const owner = { name: 'r', namespace: 'default' };
  const mode = { serverSide: false };

  const installed = await theirs.helm('install', 'r', directory, '-f', await values(SEED), '--server-side=false');
  assert.equal(installed.code, 0, installed.stderr);
  const originals = await buildResources(cluster, manifestOf(SEED));
  await createResources(cluster, markOwned(originals, owner), mode);
  await Promise.all([drift(theirs), drift(ours)]);
  patches(theirs);
  patches(ours);

  const upgraded = await theirs.helm('upgrade', 'r', directory, '-f', await values(SEED + 10));
  const targets = markOwned(await buildResources(cluster, manifestOf(SEED + 10)), owner);
  const failure = await updateResources(cluster, originals, targets, mode).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const said = /UPGRADE FAILED: (.*)/s.exec(upgraded.stderr)?.[1]?.trimEnd() ?? '';
  const [helm, we] = [patches(theirs), patches(ours)];
  assert.ok(helm.length > OBJECTS * 2);
  for (const [at, patch] of helm.entries()) assert.deepEqual(we[at], patch);
  assert.equal(we.length, helm.length);
  assert.deepEqual(failure.split(' && ').toSorted(), said.split(' && ').toSorted());
});
