import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSpec, PodSpec } from '@kindred/apis/core/v1';
import { node, pod } from '../testing/objects.ts';
import { schedule } from './schedule.ts';

const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
const requests = (cpu: string): Partial<PodSpec> => ({
  containers: [{ name: 'main', image: 'main', resources: { requests: { cpu } } }],
});
const port = (hostPort: number): Partial<PodSpec> => ({
  containers: [{ name: 'main', image: 'main', ports: [{ containerPort: 80, hostPort }] }],
});
const affinity = (operator: string, values?: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, ...(values && { values }) }] }],
      },
    },
  },
});

/** One node with the label `disk: ssd`, and perhaps one pod on it. */
function place(spec: Partial<PodSpec>, on: { node?: NodeSpec; pod?: Partial<PodSpec> } = {}) {
  const pods = on.pod === undefined ? [] : [pod('there', { spec: on.pod })];
  return schedule(pod('web', { spec }), [{ node: node('a', on.node, { disk: 'ssd' }), pods }]);
}

const fits: [what: string, spec: Partial<PodSpec>, on?: Parameters<typeof place>[1]][] = [
  ['a pod without wishes', {}],
  ['a label that is there', { nodeSelector: { disk: 'ssd' } }],
  ['a tolerated taint', { tolerations: [{ key: 'dedicated', operator: 'Exists' }] }, { node: { taints: [taint] } }],
  ['exactly what is left', requests('3'), { pod: requests('1') }],
  ['another host port', port(80), { pod: port(81) }],
  ['In', affinity('In', ['ssd', 'hdd'])],
  ['NotIn', affinity('NotIn', ['hdd'])],
  ['Exists', affinity('Exists')],
  ['a soft taint', {}, { node: { taints: [{ ...taint, effect: 'PreferNoSchedule' }] } }],
  ['tolerated cordon', { tolerations: [{ operator: 'Exists' }] }, { node: { unschedulable: true } }],
];

for (const [what, spec, on] of fits) {
  test(`fits: ${what}`, () => assert.deepEqual(place(spec, on), { node: 'a' }));
}

const refusals: [message: string, spec: Partial<PodSpec>, on?: Parameters<typeof place>[1]][] = [
  ["1 node(s) didn't match Pod's node affinity/selector", { nodeSelector: { disk: 'hdd' } }],
  ["1 node(s) didn't match Pod's node affinity/selector", affinity('DoesNotExist')],
  ['1 node(s) had untolerated taint(s) {dedicated: db}', {}, { node: { taints: [taint] } }],
  ['1 node(s) were unschedulable', {}, { node: { unschedulable: true } }],
  ['1 Insufficient cpu', requests('3500m'), { pod: requests('1') }],
  ["1 node(s) didn't have free ports for the requested pod ports", port(80), { pod: port(80) }],
];

for (const [message, spec, on] of refusals) {
  test(`refused: ${message}`, () =>
    assert.deepEqual(place(spec, on), { unschedulable: `0/1 nodes are available: ${message}.` }));
}

test('no nodes at all', () => {
  assert.deepEqual(schedule(pod('web'), []), { unschedulable: 'no nodes available to schedule pods' });
});

test('reasons of several nodes are counted', () => {
  const nodes = [
    { node: node('a', { unschedulable: true }), pods: [] },
    { node: node('b', { unschedulable: true }), pods: [] },
    { node: node('c'), pods: [pod('big', { spec: requests('4') })] },
  ];
  assert.deepEqual(schedule(pod('web', { spec: requests('1') }), nodes), {
    unschedulable: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.',
  });
});

test('the emptier node is chosen, unless another is preferred', () => {
  const nodes = [
    { node: node('busy', {}, { disk: 'ssd' }), pods: [pod('there', { spec: requests('2') })] },
    { node: node('idle'), pods: [] },
  ];
  assert.deepEqual(schedule(pod('web', { spec: requests('1') }), nodes), { node: 'idle' });
  const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
  const preferring = {
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } },
  };
  assert.deepEqual(schedule(pod('web', { spec: preferring }), nodes), { node: 'busy' });
});
