/** Definitions in `crds/`: sent as by the real helm, and with a policy looked after on upgrade without harm to objects. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyCrds, type Cluster, createKindMapper, installCrds } from '@kindred/helm';
import { encodeJsonText, type JsonObject, type KindRef, systemClock, type Unstructured } from '@kindred/machinery';
import { type HttpCluster, httpCluster } from './http-cluster.ts';

const Definition: KindRef = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  scope: 'Cluster',
};
const Widget: KindRef = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };

function definition(spec: JsonObject): string {
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  return encodeJsonText({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  });
}

const size = (more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { size: { type: 'integer', ...more } },
});

const clusterOf = ({ recorded }: HttpCluster): Cluster => ({
  client: recorded,
  mapper: createKindMapper(recorded),
  namespace: 'default',
  clock: systemClock,
});

const writes = ({ requests }: HttpCluster): { readonly request: string; readonly body: unknown }[] =>
  requests
    .splice(0)
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/secrets'))
    .map(({ method, path, body }) => {
      const [name = '', query] = path.split('?');
      const parameters = [...new URLSearchParams(query)].map((parameter) => parameter.join('='));
      return { request: `${method} ${name} ${parameters.toSorted().join(' ')}`, body };
    });

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

test('install sends them as helm does, and fails as helm does', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-crds-'));
  t.after(() => rm(directory, { recursive: true }));
  const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
  await mkdir(join(directory, 'crds'));
  await writeFile(join(directory, 'Chart.yaml'), 'apiVersion: v2\nname: defines\nversion: 0.1.0\n');
  const good = definition(size());
  const contents = [good, 'foo: 1', '# nothing\n', good.replace('"integer"', '"number of"')];
  for (const [index, content] of contents.entries()) {
    for (const serverSide of [true, false]) {
      await writeFile(join(directory, 'crds', 'a.yaml'), content);
      const name = `r${index}-${serverSide}`.replace('true', 'a').replace('false', 'b');
      const { stderr } = await theirs.helm('install', name, directory, `--server-side=${serverSide}`);
      const said = /INSTALLATION FAILED: (.*)/s.exec(stderr)?.[1]?.trimEnd() ?? '';
      const files = [{ path: 'defines/crds/a.yaml', content }];
      assert.equal(await messageOf(installCrds(clusterOf(ours), files, { serverSide })), said);
      assert.deepEqual(writes(ours), writes(theirs));
    }
  }
});

test('a policy looks after them on upgrade', async (t) => {
  const ours = await httpCluster(t);
  const cluster = clusterOf(ours);
  const mode = { serverSide: true };
  const files = (spec: JsonObject) => [{ path: 'defines/crds/a.yaml', content: definition(spec) }];
  const apply = (spec: JsonObject, policy: 'skip' | 'create' | 'update', force = false) =>
    applyCrds(cluster, files(spec), { policy, mode, force });

  assert.deepEqual(await apply(size(), 'skip'), []);
  assert.deepEqual(writes(ours), []);
  assert.deepEqual(
    (await apply(size(), 'create')).map(({ action }) => action),
    ['create'],
  );
  assert.notEqual(await cluster.mapper.kindOf('example.com/v1', 'Widget'), undefined);
  assert.equal(writes(ours).length, 1);
  assert.deepEqual(
    (await apply(size({ maximum: 9 }), 'create')).map(({ action }) => action),
    ['keep'],
  );
  assert.deepEqual(writes(ours), []);

  // Nobody has a widget yet, so nobody is harmed.
  await apply(size({ maximum: 9 }), 'update');
  assert.equal(writes(ours).length, 1);
  const widget: Unstructured = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace: 'default' },
    spec: { size: 9 },
  };
  await ours.client.create(Widget, widget);
  assert.equal(
    await messageOf(apply(size({ maximum: 5, minimum: 1 }), 'update')),
    "CRD widgets.example.com can't be updated without harm to what is there:\n" +
      '  spec.versions[v1].schema.spec.size: minimum of 1 is new\n' +
      '  spec.versions[v1].schema.spec.size: maximum changes from 9 to 5',
  );
  assert.deepEqual(writes(ours), []);
  await apply(size({ maximum: 10 }), 'update');
  await apply(size({ maximum: 5 }), 'update', true);
  assert.equal(writes(ours).length, 2);
  const live = await ours.client.get(Definition, { name: 'widgets.example.com' });
  assert.match(encodeJsonText(live['spec'] as JsonObject), /"maximum":5/);
});
