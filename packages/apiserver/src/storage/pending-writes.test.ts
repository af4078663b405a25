import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PendingWrite, PendingWrites } from './pending-writes.ts';
import { defaultHistoryLimits } from './resource-history.ts';
import { ResourceState } from './resource-state.ts';

const state = new ResourceState({
  prefix: '/registry/core/things/',
  loadedRevision: 1,
  limits: defaultHistoryLimits,
  progress: () => 1,
  later: setImmediate,
});

function write(name: string): PendingWrite {
  const object = { kind: 'Thing', apiVersion: 'v1', metadata: { name } };
  // The same bytes for all: what counts is which bytes they are, not what is in them.
  return {
    state,
    place: state.placeOf({ namespace: '', name }),
    value: Buffer.from('{}'),
    object,
    isNew: true,
    stored: undefined,
  };
}

test('a write is taken once, by its own bytes, whatever the order', () => {
  const pending = new PendingWrites();
  const [a, b, c, d] = [write('a'), write('b'), write('c'), write('d')];
  for (const one of [a, b, c, d]) pending.add(one);
  assert.equal(pending.take(Buffer.from('{}')), undefined);
  assert.equal(pending.take(b.value), b);
  assert.equal(pending.take(b.value), undefined);
  pending.delete(c);
  pending.delete(b);
  assert.equal(pending.take(a.value), a);
  assert.equal(pending.take(c.value), undefined);
  assert.equal(pending.take(d.value), d);
});
