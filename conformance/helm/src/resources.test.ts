/**
 * The objects of a release, written by the real helm to one cluster and by ours to another of the same kind: the same
 * requests, the same objects with the same owners of fields, the same errors. The chart only hands a manifest through.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Deployment } from '@kindred/apis/apps/v1';
import { ConfigMap } from '@kindred/apis/core/v1';
import {
  adoptExisting,
  buildResources,
  type Cluster,
  createKindMapper,
  createResources,
  deleteResources,
  markOwned,
  type Resource,
  updateResources,
  type WriteMode,
} from '@kindred/helm';
import {
  encodeJsonText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KindRef,
  systemClock,
  type Unstructured,
} from '@kindred/machinery';
import { writeThroughChart } from './fixtures/through-chart.ts';
import { type HttpCluster, httpCluster, type SentRequest } from './http-cluster.ts';

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kindred-resources-'));
  await writeThroughChart(join(directory, 'through'));
});
after(() => rm(directory, { recursive: true }));

/** Two clusters, one release that helm keeps in the first and ours in the second. */
class Pair {
  readonly theirs: HttpCluster;
  readonly ours: HttpCluster;
  #previous: readonly Resource[] = [];

  readonly #name: string;

  constructor(theirs: HttpCluster, ours: HttpCluster, name = 'r') {
    this.theirs = theirs;
    this.ours = ours;
    this.#name = name;
  }

  get cluster(): Cluster {
    const { recorded } = this.ours;
    return { client: recorded, mapper: createKindMapper(recorded), namespace: 'default', clock: systemClock };
  }

  /** What a person does to both. */
  async both(act: (cluster: HttpCluster) => Promise<unknown>): Promise<void> {
    await act(this.theirs);
    await act(this.ours);
  }

  /** Installs or upgrades with both; gives both error messages, empty when it worked. */
  async release(manifest: string, mode: WriteMode, ...flags: string[]): Promise<{ theirs: string; ours: string }> {
    const values = join(directory, `${process.hrtime.bigint()}.json`);
    await writeFile(values, encodeJsonText({ manifest }));
    const command = this.#previous.length === 0 ? 'install' : 'upgrade';
    const chart = join(directory, 'through');
    const serverSide = `--server-side=${mode.serverSide}`;
    const { stderr } = await this.theirs.helm(command, this.#name, chart, '-f', values, serverSide, ...flags);
    const theirs = /^Error: (?:INSTALLATION|UPGRADE) FAILED: (.*)/s.exec(
      stderr.replace(/^(?:level=|I\d).*\n/gm, ''),
    )?.[1];
    const ours = await this.#releaseOurs(manifest, mode, flags.includes('--take-ownership'));
    return { theirs: theirs?.trimEnd() ?? '', ours };
  }

  async #releaseOurs(manifest: string, mode: WriteMode, takeOwnership: boolean): Promise<string> {
    const owner = { name: this.#name, namespace: 'default' };
    try {
      const built = await buildResources(this.cluster, manifest);
      const targets = markOwned(built, owner);
      const known = this.#previous.map(({ kind, name }) => `${kind.kind}/${name}`);
      const added = targets.filter(({ kind, name }) => !known.includes(`${kind.kind}/${name}`));
      const adopted = await adoptExisting(this.cluster, added, owner, { takeOwnership });
      if (known.length === 0 && adopted.length === 0) await createResources(this.cluster, targets, mode);
      else await updateResources(this.cluster, [...this.#previous, ...adopted], targets, mode);
      this.#previous = built;
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async uninstall(): Promise<void> {
    await this.theirs.helm('uninstall', this.#name);
    const { errors } = await deleteResources(this.cluster, this.#previous);
    assert.deepEqual(errors, []);
    this.#previous = [];
  }

  /** Both have sent the same writes since the last time; within one kind the order is free. */
  assertSameWrites(): void {
    const [theirs, ours] = [this.theirs, this.ours].map(({ requests }) => writesOf(requests.splice(0)));
    assert.deepEqual(ours, theirs);
  }

  async assertSameObjects(kinds: readonly KindRef[]): Promise<void> {
    for (const kind of kinds) {
      const [theirs, ours] = await Promise.all([this.theirs, this.ours].map((each) => objectsOf(each, kind)));
      assert.deepEqual(ours, theirs);
    }
  }
}

function writesOf(requests: readonly SentRequest[]): string[] {
  return requests
    .filter(
      ({ method, path }) => method !== 'GET' && !path.includes('sh.helm.release') && !/\/secrets(\?|$)/.test(path),
    )
    .map(({ method, path, contentType, body }) => {
      const [name = '', query = ''] = path.split('?');
      const parameters = [...new URLSearchParams(query)].map((parameter) => parameter.join('='));
      const type = method === 'PATCH' ? contentType : '';
      return `${method} ${name} ${parameters.toSorted().join('&')} ${type} ${encodeJsonText(plain(body ?? null))}`;
    })
    .toSorted();
}

/** Versions and identities differ between clusters; options name their kind or not. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const name of Object.keys(value).toSorted()) {
    if (['resourceVersion', 'uid', 'time', 'creationTimestamp'].includes(name)) continue;
    if (value['kind'] === 'DeleteOptions' && (name === 'kind' || name === 'apiVersion')) continue;
    if (value['path'] === '/metadata/resourceVersion' && name === 'value') continue;
    result[name] = plain(value[name] ?? null);
  }
  return result;
}

async function objectsOf({ client }: HttpCluster, kind: KindRef): Promise<JsonValue[]> {
  const { items } = await client.list(kind, { namespace: 'default' });
  return items.filter(({ metadata }) => !metadata.name.startsWith('sh.helm')).map((item) => plain(item as JsonObject));
}

const kindRef = (group: string, version: string, kind: string, plural: string): KindRef => ({
  group,
  version,
  kind,
  plural,
  scope: 'Namespaced',
});
const Widget = kindRef('example.com', 'v1', 'Widget', 'widgets');
const kinds = [
  kindRef('', 'v1', 'ConfigMap', 'configmaps'),
  kindRef('', 'v1', 'Service', 'services'),
  kindRef('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  kindRef('apps', 'v1', 'Deployment', 'deployments'),
  kindRef('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  Widget,
];

const definition: Unstructured = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
const Definition: KindRef = {
  ...kindRef('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions'),
  scope: 'Cluster',
};

async function pair(t: { after(done: () => Promise<void>): void }): Promise<Pair> {
  const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
  const both = new Pair(theirs, ours);
  await both.both(({ client }) => client.create(Definition, definition));
  return both;
}

interface Web {
  readonly image: string;
  readonly replicas?: number;
  readonly extra?: string;
  readonly color: string;
}

function web({ image, replicas, extra = '', color }: Web): string {
  const count = replicas === undefined ? '' : `\n  replicas: ${replicas}`;
  return `
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
# A comment.
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels: {color: ${color}}
data: {color: ${color}, number: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: None
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
${extra === '' ? '' : '  - {name: more, port: 81, targetPort: http}\n'}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:${count}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{name: http, containerPort: 80}]
        env:
        - {name: COLOR, value: ${color}}
${extra}---
apiVersion: example.com/v1
kind: Widget
metadata: {name: web}
spec: {color: ${color}, sizes: [1, 2]}
`;
}

const first = web({ image: 'web:1', replicas: 1, extra: '      - {name: side, image: "side:1"}\n', color: 'red' });
const second = web({ image: 'web:2', color: 'blue' });
const third = `${second.replace('  number: "1"', '')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: late}
`;

/** What somebody else changes in between: an added label and container, a drift in a custom resource. */
async function drift({ client }: HttpCluster): Promise<void> {
  const who = { fieldManager: 'somebody' };
  const at = { namespace: 'default', name: 'web' };
  await client.mergePatch(ConfigMap, at, { metadata: { labels: { theirs: 'yes' } }, data: { more: 'x' } }, who);
  const containers = [{ name: 'injected', image: 'proxy' }];
  await client.strategicPatch(Deployment, at, { spec: { template: { spec: { containers } } } }, who);
  await client.mergePatch(Widget, at, { spec: { added: true } }, who);
}

describe('the same manifests, written by both', () => {
  const ways: [name: string, modes: readonly [WriteMode, WriteMode, WriteMode], flags?: string[]][] = [
    ['server-side apply', [{ serverSide: true }, { serverSide: true }, { serverSide: true }]],
    ['client-side apply', [{ serverSide: false }, { serverSide: false }, { serverSide: false }]],
    [
      'client-side apply, then server-side',
      [{ serverSide: false }, { serverSide: true, upgradeFieldManager: true }, { serverSide: true }],
    ],
    ['server-side apply, then client-side', [{ serverSide: true }, { serverSide: false }, { serverSide: false }]],
    [
      'replaced by force',
      [{ serverSide: false }, { serverSide: false, forceReplace: true }, { serverSide: false }],
      ['--force-replace'],
    ],
  ];
  for (const [name, modes, flags = []] of ways) {
    test(name, async (t) => {
      const both = await pair(t);
      assert.deepEqual(await both.release(first, modes[0]), { theirs: '', ours: '' });
      both.assertSameWrites();
      await both.assertSameObjects(kinds);
      await both.both(drift);
      assert.deepEqual(await both.release(second, modes[1], ...flags), { theirs: '', ours: '' });
      both.assertSameWrites();
      await both.assertSameObjects(kinds);
      assert.deepEqual(await both.release(third, modes[2]), { theirs: '', ours: '' });
      both.assertSameWrites();
      await both.assertSameObjects(kinds);
      await both.uninstall();
      both.assertSameWrites();
      await both.assertSameObjects(kinds);
    });
  }
});

describe('what both say when it fails', () => {
  const config = (name: string, more = ''): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;
  const cases: [name: string, manifest: string, mode?: WriteMode][] = [
    ['a kind that is not served', 'apiVersion: example.org/v1\nkind: Nope\nmetadata: {name: a}'],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}'],
    ['neither apiVersion nor kind', 'metadata: {name: a}'],
    ['an apiVersion with three parts', 'apiVersion: a/b/c\nkind: ConfigMap\nmetadata: {name: a}'],
    ['a list without items', 'apiVersion: v1\nkind: List'],
    ['a name that is a number', config('5')],
    ['labels that are a list', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [b]}'],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}'],
    ['a namespace that is not there', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}'],
    ['an unknown field', config('a', 'foo: 1')],
    ['a field of the wrong type', config('a', 'data: {a: 1, b: true}'), { serverSide: false }],
    ['an invalid object', config('A_B')],
    ['an object that somebody has', config('theirs')],
    ['the same object twice', `${config('twice')}\n---\n${config('twice')}`, { serverSide: false }],
  ];
  test('when objects are installed', async (t) => {
    const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
    for (const { client } of [theirs, ours]) {
      const labels = { 'app.kubernetes.io/managed-by': 'me' };
      await client.create(ConfigMap, { metadata: { name: 'theirs', namespace: 'default', labels } });
    }
    for (const [index, [name, manifest, mode = { serverSide: true }]] of cases.entries()) {
      const said = await new Pair(theirs, ours, `r${index}`).release(manifest, mode);
      const reason = said.theirs.replace(
        /^unable to (?:build kubernetes objects from release manifest|continue with install): /,
        '',
      );
      assert.notEqual(said.ours, '', name);
      assert.equal(said.ours, reason, name);
    }
  });

  test('when fields belong to somebody else', async (t) => {
    const both = await pair(t);
    assert.deepEqual(await both.release(first, { serverSide: true }), { theirs: '', ours: '' });
    await both.both(({ client }) =>
      client.mergePatch(
        ConfigMap,
        { namespace: 'default', name: 'web' },
        { data: { color: 'x', number: '2' } },
        { fieldManager: 'hand' },
      ),
    );
    const said = await both.release(second, { serverSide: true });
    assert.match(
      said.ours,
      /^conflict occurred while applying object default\/web \/v1, Kind=ConfigMap: Apply failed with 2 conflicts/,
    );
    assert.equal(said.ours, said.theirs);
    both.assertSameWrites();
    await both.assertSameObjects(kinds);
  });

  test('combinations of options', async (t) => {
    const both = await pair(t);
    await both.release(first, { serverSide: true });
    const said = await both.release(second, { serverSide: false, forceConflicts: true }, '--force-conflicts');
    assert.equal(said.ours, said.theirs);
    const replace = await both.release(second, { serverSide: true, forceReplace: true }, '--force-replace');
    assert.equal(replace.ours, replace.theirs);
  });
});

test('objects that are there are taken over as by helm', async (t) => {
  for (const serverSide of [true, false]) {
    const both = await pair(t);
    const at = { namespace: 'default', name: 'late' };
    await both.both(({ client }) => client.create(ConfigMap, { metadata: at, data: { kept: 'yes' } }));
    assert.deepEqual(await both.release(second, { serverSide }), { theirs: '', ours: '' });
    const refused = await both.release(third, { serverSide });
    assert.match(
      refused.ours,
      /exists and cannot be imported into the current release: invalid ownership metadata; label/,
    );
    assert.equal(`unable to continue with update: ${refused.ours}`, refused.theirs);
    assert.deepEqual(await both.release(third, { serverSide }, '--take-ownership'), { theirs: '', ours: '' });
    both.assertSameWrites();
    await both.assertSameObjects(kinds);
  }
});
