import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pod } from '@kindred/apis/core/v1';
import { owner } from '../testing/objects.ts';
import { blockingDependents, type Decision, decide, type OwnerState } from './decide.ts';
import { type GraphNode, ObjectGraph } from './object-graph.ts';

function graphNode(uid: string, more: Partial<GraphNode> = {}): GraphNode {
  return {
    uid,
    kind: Pod,
    namespace: 'default',
    name: uid,
    owners: [],
    finalizers: [],
    isBeingDeleted: false,
    ...more,
  };
}

const dependent = graphNode('child');

const cases: [what: string, states: OwnerState[], more: Partial<GraphNode>, dependents: GraphNode[], Decision][] = [
  ['an owner is there', ['present'], {}, [], { action: 'keep' }],
  ['the only owner is gone', ['absent'], {}, [], { action: 'delete', propagation: 'Background' }],
  ['one of two owners is gone', ['absent', 'present'], {}, [], { action: 'dropOwners', uids: ['o0'] }],
  ['one owner is gone, one waits', ['absent', 'waiting'], {}, [], { action: 'delete', propagation: 'Background' }],
  ['the owner waits', ['waiting'], {}, [dependent], { action: 'delete', propagation: 'Foreground' }],
  [
    'the owner waits, and so does a dependent: a circle',
    ['waiting'],
    {},
    [graphNode('o0', { isBeingDeleted: true, finalizers: ['foregroundDeletion'] })],
    { action: 'delete', propagation: 'Foreground', unblock: true },
  ],
  ['one owner waits, one stays', ['waiting', 'present'], {}, [], { action: 'dropOwners', uids: ['o0'] }],
  ['it goes already', ['absent'], { isBeingDeleted: true }, [], { action: 'keep' }],
  [
    'it wants its own dependents kept',
    ['absent'],
    { finalizers: ['orphan'] },
    [dependent],
    { action: 'delete', propagation: 'Orphan' },
  ],
  [
    'it wants its own dependents gone first',
    ['absent'],
    { finalizers: ['foregroundDeletion'] },
    [],
    { action: 'delete', propagation: 'Foreground' },
  ],
];

for (const [what, states, more, dependents, expected] of cases) {
  test(what, () => {
    const owners = states.map((_, index) => owner(`o${index}`));
    assert.deepEqual(decide(graphNode('object', { owners, ...more }), states, dependents), expected);
  });
}

test('only dependents that say so block a foreground deletion', () => {
  const blocking = graphNode('a', { owners: [owner('o', { blockOwnerDeletion: true })] });
  const other = graphNode('b', { owners: [owner('o')] });
  assert.deepEqual(blockingDependents(graphNode('o'), [blocking, other]), [blocking]);
});

test('the graph knows dependents before their owner, and follows changed references', () => {
  const graph = new ObjectGraph();
  const child = (owners: string[]) => ({
    name: 'child',
    uid: 'child',
    ownerReferences: owners.map((uid) => owner(uid)),
  });
  const dependents = (uid: string) => graph.dependentsOf(uid).map(({ name }) => name);
  graph.put(Pod, child(['a']));
  assert.deepEqual(dependents('a'), ['child']);
  graph.put(Pod, child(['b']));
  assert.deepEqual([dependents('a'), dependents('b')], [[], ['child']]);
  graph.remove('child');
  assert.deepEqual(dependents('b'), []);
});
