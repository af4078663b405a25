import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epoch, type PodOptions, pod, timeAt } from '../testing/objects.ts';
import { deletionOrder } from './deletion-order.ts';

const running: PodOptions = { spec: { nodeName: 'a' }, readySince: 10 };
const hour = 3600;
const restarted = (restartCount: number) => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: timeAt(10) }],
  containerStatuses: [{ name: 'main', image: '', imageID: '', ready: true, restartCount }],
});

const cases: [what: string, first: PodOptions, second: PodOptions][] = [
  ['not scheduled before scheduled', {}, { spec: { nodeName: 'a' } }],
  ['pending before running', { spec: { nodeName: 'a' } }, { spec: { nodeName: 'a' }, status: { phase: 'Running' } }],
  ['not ready before ready', { spec: { nodeName: 'a' }, status: { phase: 'Running' } }, running],
  [
    'lower deletion cost first',
    { ...running, metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } } },
    running,
  ],
  ['ready for a shorter time first', { ...running, readySince: hour }, running],
  ['more restarts first', { ...running, status: restarted(3) }, { ...running, status: restarted(1) }],
  ['younger first', { ...running, metadata: { creationTimestamp: timeAt(hour) } }, running],
];

for (const [what, first, second] of cases) {
  test(what, () => {
    const pods = [pod('second', second), pod('first', first)];
    const order = deletionOrder(pods, epoch + 2 * hour * 1000).map(({ metadata }) => metadata.name);
    assert.deepEqual(order, ['first', 'second']);
  });
}

test('of the fuller node first', () => {
  const pods = [pod('lonely', { ...running, spec: { nodeName: 'b' } }), pod('one', running), pod('two', running)];
  assert.equal(deletionOrder(pods, epoch + hour * 1000).at(-1)?.metadata.name, 'lonely');
});
