import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodStatus } from '@kindred/apis/core/v1';
import type { Endpoint, EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Observed } from '@kindred/machinery';
import { planSlices, sliceLabels } from '../endpoint-slice/plan.ts';
import { metadata, type PodOptions, pod, service, timeAt } from '../testing/objects.ts';
import { subsets } from './subsets.ts';

const ready = [{ type: 'Ready', status: 'True', lastTransitionTime: timeAt(0) }];
const web = service({ selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] });

function backend(ip: string, { status, spec, metadata: meta }: PodOptions = {}) {
  const base: PodStatus = { phase: 'Running', podIP: ip, conditions: ready };
  const options = { spec: { nodeName: 'a', ...spec }, status: { ...base, ...status } };
  return pod(`pod-${ip}`, meta === undefined ? options : { ...options, metadata: meta });
}

function slice(endpoints: Endpoint[], ports = [{ name: '', port: 8080, protocol: 'TCP' }]): Observed<EndpointSlice> {
  const labels = sliceLabels(web);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadata(`web-${Math.floor(endpoints.length)}-${ports.length}`, { labels }),
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}

test('ready and other addresses share the ports of a subset', () => {
  const pods = [backend('127.0.0.3', { status: { conditions: [] } }), backend('127.0.0.2')];
  const [subset, ...rest] = subsets(web, pods);
  assert.deepEqual(rest, []);
  assert.deepEqual(
    subset?.addresses?.map(({ ip }) => ip),
    ['127.0.0.2'],
  );
  assert.deepEqual(
    subset?.notReadyAddresses?.map(({ ip }) => ip),
    ['127.0.0.3'],
  );
  assert.deepEqual(subset?.ports, [{ port: 8080, protocol: 'TCP' }]);
  assert.equal(subset?.addresses?.[0]?.targetRef?.name, 'pod-127.0.0.2');
});

test('finished, ending and addressless pods are no endpoints', () => {
  const gone = [
    backend('127.0.0.2', { status: { phase: 'Succeeded' } }),
    backend('127.0.0.3', { metadata: { deletionTimestamp: timeAt(1) } }),
    backend('', {}),
  ];
  assert.deepEqual(subsets(web, gone), []);
});

test('a service that publishes addresses before they are ready has them all', () => {
  const eager = service({ ...web.spec, publishNotReadyAddresses: true });
  const [subset] = subsets(eager, [backend('127.0.0.2', { status: { conditions: [] } })]);
  assert.equal(subset?.addresses?.length, 1);
  const plan = planSlices(eager, [backend('127.0.0.2', { status: { conditions: [] } })], []);
  assert.deepEqual(plan.create[0]?.endpoints[0]?.conditions, { ready: true, serving: false, terminating: false });
});

test('named target ports are found in each pod, and split subsets and slices where they differ', () => {
  const named = service({ selector: {}, ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
  const at = (ip: string, containerPort: number) =>
    backend(ip, { spec: { containers: [{ name: 'main', image: 'x', ports: [{ name: 'web', containerPort }] }] } });
  const pods = [at('127.0.0.2', 8080), at('127.0.0.3', 9090), backend('127.0.0.4')];
  assert.deepEqual(
    subsets(named, pods).map(({ ports }) => ports),
    [[{ name: 'http', port: 8080, protocol: 'TCP' }], [{ name: 'http', port: 9090, protocol: 'TCP' }]],
  );
  assert.deepEqual(
    planSlices(named, pods, []).create.map(({ endpoints }) => endpoints.length),
    [1, 1],
  );
});

test('headless services have hostnames, and addresses without ports', () => {
  const headless = service({ clusterIP: 'None', selector: { app: 'web' } });
  const pods = [backend('127.0.0.2', { spec: { hostname: 'db-0', subdomain: 'web' } })];
  assert.equal(subsets(headless, pods)[0]?.addresses?.[0]?.hostname, 'db-0');
  const [created] = planSlices(headless, pods, []).create;
  assert.equal(created?.endpoints[0]?.hostname, 'db-0');
  assert.deepEqual(created?.ports, []);
  assert.equal(sliceLabels(headless)['service.kubernetes.io/headless'], '');
});

test('a slice says of a pod that ends that it could still serve', () => {
  const pods = [backend('127.0.0.2', { metadata: { deletionTimestamp: timeAt(1) } })];
  const [created] = planSlices(web, pods, []).create;
  assert.deepEqual(created?.endpoints[0]?.conditions, { ready: false, serving: true, terminating: true });
});

test('endpoints stay in their slice, and nothing is written when nothing has changed', () => {
  const pods = Array.from({ length: 150 }, (_, index) => backend(`127.0.1.${index}`));
  const { create } = planSlices(web, pods, []);
  assert.deepEqual(
    create.map(({ endpoints }) => endpoints.length),
    [100, 50],
  );
  const slices = create.map(({ endpoints }) => slice(endpoints));
  assert.deepEqual(planSlices(web, pods, slices), { create: [], update: [], remove: [] });
  const one = planSlices(web, pods.slice(1), slices);
  assert.deepEqual([one.create.length, one.update.length, one.remove.length], [0, 1, 0]);
  const grown = planSlices(web, [...pods, backend('127.0.2.1')], slices);
  assert.deepEqual([grown.create.length, grown.update.length], [0, 1]);
  assert.equal(grown.update[0]?.endpoints?.length, 51);
});

test('a service without endpoints keeps one empty slice, which is used again', () => {
  const { create } = planSlices(web, [], []);
  assert.deepEqual(create, [{ endpoints: [], ports: [] }]);
  const empty = slice([], []);
  assert.deepEqual(planSlices(web, [], [empty]), { create: [], update: [], remove: [] });
  const filled = planSlices(web, [backend('127.0.0.2')], [empty]);
  assert.deepEqual([filled.create.length, filled.update.length, filled.remove.length], [0, 1, 0]);
});
