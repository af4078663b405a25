/** Tables for the small pure rules of pods. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Container, Pod } from '@kindred/apis/core/v1';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { containerEnvironment } from './environment.ts';
import { expandReferences } from './expansion.ts';
import { podField, resourceField } from './field-ref.ts';
import { qosClass } from './qos-class.ts';
import { recoverRecords } from './recovery.ts';
import { formatDuration, nextBackoff } from './restart-backoff.ts';
import { serviceEnvironment } from './service-environment.ts';

const figures = { hostIP: '10.244.0.1', cpu: 2, memory: 2 ** 30, ephemeralStorage: 2 ** 30 };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'kubia', namespace: 'default', uid: 'u', labels: { b: '2', a: '1' } },
  spec: { containers: [{ name: 'main', resources: { limits: { cpu: '250m', memory: '64Mi' } } }], nodeName: 'node' },
};
const [main] = pod.spec?.containers ?? [];

it('backs off: at once, 10 s, 20 s, … 5 min; forgets after 10 min', () => {
  const waits: number[] = [];
  let now = 0;
  let state: Parameters<typeof nextBackoff>[0];
  for (let failure = 0; failure < 8; failure++) {
    const next = nextBackoff(state, now);
    waits.push(next.waitMs / 1000);
    state = next.backoff;
    now += next.waitMs + 10;
  }
  assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
  assert.equal(nextBackoff(state, now + 700_000).waitMs, 0);
  assert.deepEqual([10_000, 160_000, 300_000].map(formatDuration), ['10s', '2m40s', '5m0s']);
});

it('expands references', () => {
  const env = { A: '1', B: 'x y' };
  const cases: [string, string][] = [
    ['$(A)-$(B)', '1-x y'],
    ['$$(A) $(C)', '$(A) $(C)'],
    ['$A ${A} $(', '$A ${A} $('],
  ];
  for (const [text, expected] of cases) assert.equal(expandReferences(text, env), expected);
});

it('gives fields of the downward API', () => {
  const field = (path: string) => podField(pod, path, ['10.244.0.7'], figures);
  assert.equal(field('metadata.labels'), 'a="1"\nb="2"');
  assert.equal(field("metadata.labels['b']"), '2');
  assert.equal(field('status.podIP'), '10.244.0.7');
  assert.equal(field('spec.unknown'), undefined);
  assert.ok(main);
  const resource = (name: string, divisor?: string) =>
    resourceField(pod, { resource: name, ...(divisor && { divisor }) }, main, figures);
  assert.equal(resource('limits.cpu'), '1');
  assert.equal(resource('limits.cpu', '1m'), '250');
  assert.equal(resource('limits.memory', '1Mi'), '64');
  assert.equal(resource('requests.memory'), '0');
  assert.equal(resource('limits.ephemeral-storage', '1Mi'), '1024');
});

it('names services in the environment', () => {
  const services = [
    {
      namespace: 'default',
      name: 'kubernetes',
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
    },
    { namespace: 'shop', name: 'my-db', clusterIP: '10.96.0.9', ports: [{ name: '', port: 5432, protocol: 'TCP' }] },
  ];
  const env = serviceEnvironment(services, { namespace: 'shop', enableServiceLinks: true });
  assert.equal(env['KUBERNETES_SERVICE_HOST'], '10.96.0.1');
  assert.equal(env['KUBERNETES_SERVICE_PORT_HTTPS'], '443');
  assert.equal(env['MY_DB_SERVICE_PORT'], '5432');
  assert.equal(env['MY_DB_PORT_5432_TCP'], 'tcp://10.96.0.9:5432');
  const bare = serviceEnvironment(services, { namespace: 'shop', enableServiceLinks: false });
  assert.equal(bare['MY_DB_SERVICE_HOST'], undefined);
});

it('classifies quality of service', () => {
  const of = (...resources: Container['resources'][]) =>
    qosClass({ containers: resources.map((r, index) => ({ name: String(index), ...(r && { resources: r }) })) });
  assert.equal(of(undefined), 'BestEffort');
  assert.equal(of({ requests: { cpu: '1' } }), 'Burstable');
  assert.equal(of({ limits: { cpu: '1', memory: '1Mi' } }), 'Guaranteed');
  assert.equal(of({ limits: { cpu: '1', memory: '1Mi' } }, undefined), 'Burstable');
});

it('counts what ran under an earlier agent as lost, and keeps what had ended', () => {
  const state = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  const status = { image: 'i', imageID: 'x', ready: true, lastState: {} };
  const recovered = recoverRecords(
    {
      ...pod,
      status: {
        containerStatuses: [
          { ...status, name: 'main', restartCount: 2, state, containerID: 'process://abc' },
          { ...status, name: 'done', restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          { ...status, name: 'new', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
        ],
      },
    },
    1000,
  );
  const lost = recovered.get('main');
  assert.equal(lost?.restartCount, 2);
  assert.ok(lost?.phase.kind === 'terminated' && lost.phase.exitCode === 137 && lost.phase.id === 'abc');
  const done = recovered.get('done');
  assert.ok(done?.phase.kind === 'terminated' && done.phase.exitCode === 0);
  assert.equal(recovered.has('new'), false);
});

describe('environment', () => {
  const cluster = new MemoryCluster();
  const meta = { apiVersion: 'v1', metadata: {} };
  cluster.configMaps.set('default/cm', { ...meta, kind: 'ConfigMap', data: { color: 'blue' } });
  cluster.secrets.set('default/s', { ...meta, kind: 'Secret', data: { word: Buffer.from('psst').toString('base64') } });
  const environment = (container: Partial<Container>) =>
    containerEnvironment({
      pod,
      cluster,
      podIPs: ['10.244.0.7'],
      node: figures,
      base: { BASE: 'b' },
      container: { name: 'main', ...container },
    });

  it('comes from objects, fields and references', async () => {
    const env = await environment({
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }, { secretRef: { name: 'none', optional: true } }],
      env: [
        { name: 'WORD', valueFrom: { secretKeyRef: { name: 's', key: 'word' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'ALL', value: '$(BASE) $(P_color) $(WORD)' },
        { name: 'GONE', valueFrom: { configMapKeyRef: { name: 'cm', key: 'nothing', optional: true } } },
      ],
    });
    assert.deepEqual(env, { BASE: 'b', P_color: 'blue', WORD: 'psst', IP: '10.244.0.7', ALL: 'b blue psst' });
  });

  it('names what is missing', async () => {
    const key = { name: 'X', valueFrom: { configMapKeyRef: { name: 'cm', key: 'nothing' } } };
    await assert.rejects(environment({ env: [key] }), /couldn't find key nothing in ConfigMap default\/cm/);
    await assert.rejects(environment({ envFrom: [{ secretRef: { name: 'none' } }] }), /secret "none" not found/);
  });
});
