import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeSpec } from '@kindred/apis/core/v1';
import { node, timeAt } from '../testing/objects.ts';
import { healthTaints, silentConditions } from './node-health.ts';

function withConditions(conditions: Record<string, string>, spec: NodeSpec = {}) {
  const list = Object.entries(conditions).map(([type, status]) => ({ type, status, lastTransitionTime: timeAt(0) }));
  return { ...node('a', spec), status: { conditions: list } };
}

test('a silent node has unknown conditions, once', () => {
  const conditions = silentConditions(
    withConditions({ Ready: 'True', DiskPressure: 'False', Other: 'True' }),
    timeAt(60),
  );
  assert.deepEqual(
    conditions?.map(({ type, status, reason }) => [type, status, reason]),
    [
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['DiskPressure', 'Unknown', 'NodeStatusUnknown'],
      ['Other', 'True', undefined],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ],
  );
  const silent = { ...node('a'), status: { conditions: conditions ?? [] } };
  assert.equal(silentConditions(silent, timeAt(90)), undefined);
});

const unreachable = (effect: string) => ({ key: 'node.kubernetes.io/unreachable', effect });
const notReady = (effect: string) => ({ key: 'node.kubernetes.io/not-ready', effect });
const foreign = { key: 'dedicated', effect: 'NoSchedule' };

test('taints follow the conditions and leave those of others alone', () => {
  const added = (effect: object) => ({ ...effect, timeAdded: timeAt(9) });
  const cases: [Parameters<typeof withConditions>, object[] | undefined][] = [
    [[{ Ready: 'True' }], undefined],
    [[{ Ready: 'Unknown' }], [unreachable('NoSchedule'), added(unreachable('NoExecute'))]],
    [
      [{ Ready: 'False' }, { taints: [foreign] }],
      [foreign, notReady('NoSchedule'), added(notReady('NoExecute'))],
    ],
    [[{ Ready: 'True' }, { taints: [foreign, unreachable('NoSchedule')] }], [foreign]],
    [[{ Ready: 'Unknown' }, { taints: [unreachable('NoSchedule'), unreachable('NoExecute')] }], undefined],
    [[{ Ready: 'True', DiskPressure: 'True' }], [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }]],
    [[{ Ready: 'True' }, { unschedulable: true }], [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]],
  ];
  for (const [input, expected] of cases) assert.deepEqual(healthTaints(withConditions(...input), timeAt(9)), expected);
});
