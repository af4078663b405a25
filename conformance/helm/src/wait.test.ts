/**
 * Waiting for a release: objects in many states, set by hand in two clusters of the same kind; the real helm and ours must
 * say the same of each of them when the time is over.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConfigMap, Event, Pod } from '@kindred/apis/core/v1';
import { type Client, watchEvents } from '@kindred/client';
import {
  buildResources,
  type Cluster,
  createKindMapper,
  createResources,
  deleteResources,
  type ProgressEvent,
  type WaitOptions,
  waitForDeletion,
  waitForHook,
  waitForReady,
} from '@kindred/helm';
import {
  encodeJsonText,
  forbidden,
  type JsonObject,
  type KindRef,
  systemClock,
  type Unstructured,
} from '@kindred/machinery';
import { writeThroughChart } from './fixtures/through-chart.ts';
import { type HttpCluster, httpCluster } from './http-cluster.ts';

interface State {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec?: JsonObject;
  /** What a controller would write; `observed` stands for the object's own generation. */
  readonly status?: JsonObject;
}

const template: JsonObject = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const selector: JsonObject = { matchLabels: { app: 'a' } };
const condition = (type: string, status: string, reason = 'Because', message = ''): JsonObject => ({
  type,
  status,
  reason,
  message,
});

const deployment = (status?: JsonObject, spec: JsonObject = {}): State => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  spec: { replicas: 2, selector, template, ...spec },
  ...(status === undefined ? {} : { status }),
});
const statefulSet = (status: JsonObject, spec: JsonObject = {}): State => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  spec: { replicas: 2, serviceName: 's', selector, template, ...spec },
  status: { observedGeneration: 1, ...status },
});
const daemonSet = (status?: JsonObject): State => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  spec: { selector, template },
  ...(status === undefined ? {} : { status }),
});
const replicaSet = (status: JsonObject): State => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  spec: { replicas: 2, selector, template },
  status: { observedGeneration: 1, ...status },
});
const pod = (status: JsonObject): State => ({
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  spec: { containers: [{ name: 'c', image: 'i' }] },
  status,
});
const job = (status: JsonObject = {}): State => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  plural: 'jobs',
  spec: { completions: 2, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
  status,
});
const widget = (status: JsonObject): State => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  plural: 'widgets',
  spec: {},
  status,
});

const available = condition('Available', 'True');
const progressed = condition('Progressing', 'True', 'NewReplicaSetAvailable');
const all = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const startTime = '2026-01-01T00:00:00Z';
const failedJob = {
  startTime,
  failed: 1,
  conditions: [condition('FailureTarget', 'True'), condition('Failed', 'True')],
};

/** By the name of the object. */
const states: Readonly<Record<string, State>> = {
  'd-none': deployment(),
  'd-few': deployment({ observedGeneration: 1, replicas: 1 }),
  'd-old': deployment({ observedGeneration: 1, replicas: 2, updatedReplicas: 1 }),
  'd-surplus': deployment({ observedGeneration: 1, replicas: 3, updatedReplicas: 2 }),
  'd-unavailable': deployment({ observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 1 }),
  'd-conditions': deployment({ observedGeneration: 1, ...all }),
  'd-progressed': deployment({ observedGeneration: 1, ...all, conditions: [progressed] }),
  'd-ready': deployment({ observedGeneration: 1, ...all, conditions: [progressed, available] }),
  'd-exceeded': deployment({
    observedGeneration: 1,
    conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')],
  }),
  'd-unobserved': deployment({ observedGeneration: 0, ...all }),
  'd-paused': deployment(undefined, { paused: true }),
  's-few': statefulSet({ replicas: 1 }),
  's-unready': statefulSet({ replicas: 2, readyReplicas: 1 }),
  's-surplus': statefulSet({ replicas: 3, readyReplicas: 2 }),
  's-current': statefulSet({ replicas: 2, readyReplicas: 2, currentReplicas: 1 }),
  's-revision': statefulSet({
    replicas: 2,
    readyReplicas: 2,
    currentReplicas: 2,
    currentRevision: 'a',
    updateRevision: 'b',
  }),
  's-ready': statefulSet({ replicas: 2, readyReplicas: 2, currentReplicas: 2 }),
  's-partition': statefulSet(
    { replicas: 2, readyReplicas: 2 },
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
  ),
  's-manual': statefulSet({ replicas: 0 }, { updateStrategy: { type: 'OnDelete' } }),
  'n-none': daemonSet(),
  'n-missing': daemonSet({ observedGeneration: 1, desiredNumberScheduled: 3, currentNumberScheduled: 1 }),
  'n-old': daemonSet({ observedGeneration: 1, desiredNumberScheduled: 1, currentNumberScheduled: 1 }),
  'n-unready': daemonSet({
    observedGeneration: 1,
    desiredNumberScheduled: 1,
    currentNumberScheduled: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
  }),
  'r-labels': replicaSet({ replicas: 2, fullyLabeledReplicas: 1 }),
  'r-unavailable': replicaSet({ replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2 }),
  'r-failure': replicaSet({ replicas: 0, conditions: [condition('ReplicaFailure', 'True')] }),
  'p-none': pod({ phase: 'Pending' }),
  'p-running': pod({ phase: 'Running' }),
  'p-ready': pod({ phase: 'Running', conditions: [condition('Ready', 'True')] }),
  'p-failed': pod({ phase: 'Failed' }),
  'p-succeeded': pod({ phase: 'Succeeded' }),
  'p-looping': pod({
    phase: 'Running',
    containerStatuses: [
      {
        name: 'c',
        image: 'i',
        imageID: '',
        ready: false,
        restartCount: 3,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
      },
    ],
  }),
  'p-unschedulable': pod({ phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] }),
  'j-none': job(),
  'j-started': job({ startTime, active: 1 }),
  'j-failed': job(failedJob),
  'j-complete': job({
    startTime,
    succeeded: 2,
    completionTime: startTime,
    conditions: [condition('SuccessCriteriaMet', 'True'), condition('Complete', 'True')],
  }),
  'w-nothing': widget({ some: 'field' }),
  'w-ready': widget({ conditions: [condition('Ready', 'True')] }),
  'w-unready': widget({ conditions: [condition('Ready', 'False', 'Because', 'still thinking')] }),
  'w-unknown': widget({ conditions: [condition('Ready', 'Unknown', 'Because', 'no idea')] }),
  'w-stalled': widget({ conditions: [condition('Stalled', 'True', 'Because', 'gave up')] }),
  'w-reconciling': widget({ conditions: [condition('Reconciling', 'True', 'Because', 'at work')] }),
  'w-unobserved': widget({ observedGeneration: 7, conditions: [condition('Ready', 'True')] }),
  'c-pending': {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Pending' },
  },
  'v-balanced': {
    apiVersion: 'v1',
    kind: 'Service',
    plural: 'services',
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  },
  'b-budget': {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    spec: { selector },
  },
};

const manifestOf = (names: readonly string[]): string =>
  names
    .map((name) => {
      const { apiVersion = '', kind = '', spec } = states[name] ?? {};
      return encodeJsonText({ apiVersion, kind, metadata: { name }, ...(spec === undefined ? {} : { spec }) });
    })
    .join('\n---\n');

const Definition: KindRef = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  scope: 'Cluster',
};
const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const definition: Unstructured = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
  },
};

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kindred-wait-'));
  await writeThroughChart(join(directory, 'through'));
});
after(() => rm(directory, { recursive: true }));

/** Plays the controllers: gives each object its status as soon as it is there. */
function statusWriter({ client }: HttpCluster, names: readonly string[]): { readonly done: Promise<unknown> } {
  const write = async (name: string): Promise<void> => {
    const { apiVersion = '', kind = '', plural = '', status } = states[name] ?? {};
    if (status === undefined || Object.keys(status).length === 0) return;
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const ref: KindRef = { group, version, kind, plural, scope: 'Namespaced' };
    const fieldSelector = `metadata.name=${name}`;
    const { body } = await client.openWatch(ref, { namespace: 'default' }, { fieldSelector, timeoutSeconds: 20 });
    for await (const event of watchEvents(body)) {
      if (event.type === 'BOOKMARK') continue;
      await client.mergePatch(ref, { namespace: 'default', name }, { status }, { subresource: 'status' });
      return;
    }
  };
  return { done: Promise.all(names.map(write)) };
}

async function helmSays(cluster: HttpCluster, names: readonly string[], ...flags: string[]): Promise<string[]> {
  const values = join(directory, `${process.hrtime.bigint()}.json`);
  await writeFile(values, encodeJsonText({ manifest: manifestOf(names) }));
  const writer = statusWriter(cluster, names);
  const { stderr } = await cluster.helm('install', 'r', join(directory, 'through'), '-f', values, ...flags);
  await writer.done;
  const error = /^Error: INSTALLATION FAILED: (.*)/ms.exec(stderr)?.[1] ?? '';
  return error.trimEnd().split('\n').toSorted();
}

const clusterOf = ({ recorded }: HttpCluster, report?: (event: ProgressEvent) => void): Cluster => ({
  client: recorded,
  mapper: createKindMapper(recorded),
  namespace: 'default',
  clock: systemClock,
  report,
});

async function weSay(cluster: HttpCluster, names: readonly string[], options: WaitOptions): Promise<string[]> {
  const to = clusterOf(cluster);
  const resources = await buildResources(to, manifestOf(names));
  const writer = statusWriter(cluster, names);
  await createResources(to, resources, { serverSide: true });
  const said = await messageOf(waitForReady(to, resources, options));
  await writer.done;
  return said.split('\n').toSorted();
}

function messageOf(waiting: Promise<void>): Promise<string> {
  return waiting.then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function twoClusters(t: Parameters<typeof httpCluster>[0]): Promise<[theirs: HttpCluster, ours: HttpCluster]> {
  const both = await Promise.all([httpCluster(t), httpCluster(t)]);
  for (const { client } of both) await client.create(Definition, definition);
  return both;
}

describe('waiting', () => {
  test('objects in all states, until the time is over', async (t) => {
    const [theirs, ours] = await twoClusters(t);
    const names = Object.keys(states);
    const options = { strategy: 'watcher', timeoutMilliseconds: 3000 } as const;
    const [helm, we] = await Promise.all([
      helmSays(theirs, names, '--wait', '--timeout', '3s'),
      weSay(ours, names, options),
    ]);
    assert.ok(we.includes('context deadline exceeded'));
    assert.deepEqual(we, helm);
  });

  test('jobs, until they have ended; what failed ends the wait when nothing else is left', async (t) => {
    const [theirs, ours] = await twoClusters(t);
    const names = ['j-failed', 'j-complete', 'd-exceeded', 'p-looping', 'p-failed', 'd-ready'];
    const options = { strategy: 'watcher', jobs: true, timeoutMilliseconds: 20_000 } as const;
    const started = Date.now();
    const [helm, we] = await Promise.all([
      helmSays(theirs, names, '--wait', '--wait-for-jobs', '--timeout', '20s'),
      weSay(ours, names, options),
    ]);
    assert.ok(Date.now() - started < 15_000);
    assert.deepEqual(we, helm);
    assert.equal(we.length, 3);
  });

  test('jobs that go on, and a job that only started', async (t) => {
    const [theirs, ours] = await twoClusters(t);
    const names = ['j-none', 'j-started'];
    const [helm, we] = await Promise.all([
      helmSays(theirs, names, '--wait', '--wait-for-jobs', '--timeout', '2s'),
      weSay(ours, names, { strategy: 'watcher', jobs: true, timeoutMilliseconds: 2000 }),
    ]);
    assert.deepEqual(we, helm);
  });

  const hook = { 'helm.sh/hook': 'pre-install' };

  test('hooks: jobs and pods must end well', async (t) => {
    const names = ['j-failed', 'j-none', 'p-failed', 'd-none', 'p-succeeded'];
    const compare = async (name: string): Promise<void> => {
      const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
      const { apiVersion = '', kind = '', spec } = states[name] ?? {};
      const manifest = encodeJsonText({ apiVersion, kind, metadata: { name, annotations: hook }, spec: spec ?? {} });
      const values = join(directory, `${name}.json`);
      await writeFile(values, encodeJsonText({ manifest }));
      const writers = [statusWriter(theirs, [name]), statusWriter(ours, [name])];
      const helm = theirs.helm('install', 'r', join(directory, 'through'), '-f', values, '--timeout', '2s');
      const to = clusterOf(ours);
      const resources = await buildResources(to, manifest);
      await createResources(to, resources, { serverSide: true });
      const we = await messageOf(waitForHook(to, resources, { strategy: 'hookOnly', timeoutMilliseconds: 2000 }));
      const said = /failed pre-install: (.*)/s.exec((await helm).stderr)?.[1] ?? '';
      assert.equal(we, said.trimEnd(), name);
      await Promise.all(writers.map(({ done }) => done));
    };
    await Promise.all(names.map(compare));
  });

  test('deletion, of an object that is kept back', async (t) => {
    const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
    const manifest = encodeJsonText({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', finalizers: ['example.com/stay'] },
    });
    const values = join(directory, 'kept.json');
    await writeFile(values, encodeJsonText({ manifest }));
    await theirs.helm('install', 'r', join(directory, 'through'), '-f', values);
    const to = clusterOf(ours);
    const resources = await buildResources(to, manifest);
    await createResources(to, resources, { serverSide: true });
    const helm = theirs.helm('uninstall', 'r', '--wait', '--timeout', '1s');
    assert.deepEqual((await deleteResources(to, resources)).errors, []);
    const waiting = messageOf(waitForDeletion(to, resources, { strategy: 'watcher', timeoutMilliseconds: 1000 }));
    const said = `${(await helm).stdout}${(await helm).stderr}`;
    const we = await waiting;
    assert.match(we, /^resource ConfigMap\/default\/a still exists\. status: Terminating/);
    assert.ok(said.includes(we.split('\n')[0] ?? '-'), said);
    await ours.client.mergePatch(ConfigMap, { namespace: 'default', name: 'a' }, { metadata: { finalizers: null } });
    await waitForDeletion(to, resources, { strategy: 'watcher', timeoutMilliseconds: 1000 });
  });

  test('deletion, of an object whose kind is gone, and of one that nobody may watch', async (t) => {
    const [ours] = await twoClusters(t);
    const to = clusterOf(ours);
    const resources = await buildResources(to, manifestOf(['w-ready']));
    const soon = { strategy: 'watcher', timeoutMilliseconds: 10_000 } as const;
    await ours.client.delete(Definition, { name: 'widgets.example.com' });
    await waitForDeletion(to, resources, soon);
    const refusing: Client = {
      ...ours.recorded,
      openWatch: () => Promise.reject(forbidden({ group: '', resource: 'widgets' }, '', 'not you')),
      listPage: () => Promise.reject(forbidden({ group: '', resource: 'widgets' }, '', 'not you')),
    };
    await assert.rejects(waitForReady({ ...to, client: refusing }, resources, soon), { message: /^failed to watch: / });
  });

  test('helm 3 rules: what has no rule is ready, the deadline is all that is said', async (t) => {
    const [ours] = await twoClusters(t);
    const legacy = { strategy: 'legacy', timeoutMilliseconds: 500 } as const;
    const ready = ['d-ready', 'd-paused', 'w-unready', 'w-stalled', 's-manual', 'p-ready', 'j-failed', 'b-budget'];
    assert.deepEqual(await weSay(ours, ready, { ...legacy, timeoutMilliseconds: 20_000 }), ['']);
    const waiting = ['d-few', 'd-unobserved', 's-unready', 'n-missing', 'p-running', 'c-pending', 'v-balanced'];
    const said = await Promise.all(waiting.map((name) => weSay(ours, [name], legacy)));
    assert.deepEqual(
      said,
      waiting.map(() => ['context deadline exceeded']),
    );
  });

  test('what is told while it waits', async (t) => {
    const ours = await httpCluster(t);
    const events: string[] = [];
    const to = clusterOf(ours, (event) => {
      const { type, resource } = event;
      const reason = 'reason' in event ? ` ${event.reason}` : '';
      events.push(`${type} ${resource.name}${reason}`);
    });
    const names = ['d-few', 'd-ready'];
    const resources = await buildResources(to, manifestOf(names));
    const writer = statusWriter(ours, names);
    await createResources(to, resources, { serverSide: true });
    await writer.done;
    await assert.rejects(waitForReady(to, resources, { strategy: 'watcher', timeoutMilliseconds: 200 }));
    assert.deepEqual(events.toSorted(), [
      'created d-few',
      'created d-ready',
      'ready d-ready',
      'waiting d-few Replicas: 1/2',
    ]);
    const stop = new AbortController();
    const stopped = waitForReady({ ...to, signal: stop.signal }, resources, {
      strategy: 'watcher',
      timeoutMilliseconds: 9e4,
    });
    stop.abort(new Error('interrupted'));
    await assert.rejects(stopped, { message: 'interrupted' });
  });

  test('why something is not ready: events, and the ends of logs', async (t) => {
    const ours = await httpCluster(t);
    const told: string[] = [];
    const asked: string[] = [];
    // Nodes have the logs, and there are none.
    const client: Client = {
      ...ours.recorded,
      rawStream: ({ path, query }) => {
        asked.push(`${path} ${query?.['container']} ${query?.['previous'] ?? false}`);
        const body = (async function* () {
          yield Buffer.from('starting\nboom');
        })();
        return Promise.resolve({ status: 200, headers: {}, body });
      },
    };
    const to: Cluster = {
      ...clusterOf(ours),
      client,
      report: (event) => {
        if (event.type === 'event') told.push(`${event.about} ${event.eventType} ${event.reason} ${event.count}`);
        if (event.type === 'log') told.push(`${event.pod}/${event.container}: ${event.lines.join('|')}`);
      },
    };
    const resources = await buildResources(to, manifestOf(['d-few']));
    await createResources(to, resources, { serverSide: true });
    const metadata = { name: 'd-few-1', namespace: 'default', labels: { app: 'a' } };
    await ours.client.create(Pod, { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } });
    const status = states['p-looping']?.status ?? {};
    await ours.client.mergePatch(Pod, metadata, { status }, { subresource: 'status' });
    for (const [kind, name, reason] of [
      ['Deployment', 'd-few', 'ScalingReplicaSet'],
      ['Pod', 'd-few-1', 'BackOff'],
      ['Pod', 'other', 'Scheduled'],
    ] as const) {
      const involvedObject = { kind, name, namespace: 'default' };
      await ours.client.create(Event, {
        metadata: { name: `${name}.1`, namespace: 'default' },
        involvedObject,
        reason,
        message: 'told',
        type: 'Warning',
        count: 2,
        source: {},
      });
    }
    await assert.rejects(waitForReady(to, resources, { strategy: 'watcher', timeoutMilliseconds: 100 }));
    assert.deepEqual(told, [
      'Deployment/d-few Warning ScalingReplicaSet 2',
      'Pod/d-few-1 Warning BackOff 2',
      'd-few-1/c: starting|boom',
    ]);
    assert.deepEqual(asked, ['/api/v1/namespaces/default/pods/d-few-1/log c true']);
  });

  test('hooks by the rules of helm 3', async (t) => {
    const names = ['j-failed', 'j-none', 'p-failed'];
    const compare = async (name: string): Promise<void> => {
      const [theirs, ours] = await Promise.all([httpCluster(t), httpCluster(t)]);
      const { apiVersion = '', kind = '', spec } = states[name] ?? {};
      const manifest = encodeJsonText({ apiVersion, kind, metadata: { name, annotations: hook }, spec: spec ?? {} });
      const values = join(directory, `legacy-${name}.json`);
      await writeFile(values, encodeJsonText({ manifest }));
      const writers = [statusWriter(theirs, [name]), statusWriter(ours, [name])];
      const through = join(directory, 'through');
      const helm = theirs.helm('install', 'r', through, '-f', values, '--timeout', '2s', '--wait=legacy');
      const to = clusterOf(ours);
      const resources = await buildResources(to, manifest);
      await createResources(to, resources, { serverSide: true });
      const we = await messageOf(waitForHook(to, resources, { strategy: 'legacy', timeoutMilliseconds: 2000 }));
      const { stderr } = await helm;
      const said = /failed pre-install: (.*)/s.exec(stderr)?.[1] ?? '';
      assert.equal(we, said.trimEnd(), `${name} ${stderr}`);
      await Promise.all(writers.map(({ done }) => done));
    };
    await Promise.all(names.map(compare));
  });
});
