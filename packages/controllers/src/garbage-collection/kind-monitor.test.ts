import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Secret } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import { MemoryApi, until } from '@kindred/client/testing';
import { ManualClock } from '@kindred/machinery';
import { KindMonitor } from './kind-monitor.ts';
import { ObjectGraph } from './object-graph.ts';

function setup() {
  const api = new MemoryApi();
  const clock = new ManualClock();
  const client = createClient(api, { clock });
  const graph = new ObjectGraph();
  const seen: string[] = [];
  const errors: string[] = [];
  const handler: ConstructorParameters<typeof KindMonitor>[1]['handler'] = {
    seen: (kind, { metadata }, { isListed }) => {
      graph.put(kind, metadata);
      seen.push(`+${metadata.name}${isListed ? ' listed' : ''}`);
    },
    gone: (_, uid) => {
      seen.push(`-${graph.get(uid)?.name}`);
      graph.remove(uid);
    },
    known: (kind) => graph.uidsOf(kind),
    failed: (error, kind) => errors.push(`${kind.kind}: ${String(error)}`),
  };
  const put = (name: string, v: string) =>
    client.apply(ConfigMap, { metadata: { name, namespace: 'default' }, data: { v } } as never);
  const remove = (name: string) => client.delete(ConfigMap, { name, namespace: 'default' });
  const monitor = () => new KindMonitor(ConfigMap, { client, clock, random: () => 0, handler });
  return { api, clock, graph, seen, errors, put, remove, monitor };
}

test('it tells of what is there, what changes and what goes', async () => {
  const { api, graph, seen, errors, put, remove, monitor } = setup();
  await put('a', '1');
  const running = monitor();
  await running.settled;
  await put('b', '1');
  await put('a', '2');
  await remove('a');
  await until(() => seen.length === 4);
  assert.deepEqual(seen, ['+a listed', '+b', '+a', '-a']);
  assert.equal(graph.size, 1);
  await running.close();
  assert.deepEqual([errors, api.openWatches], [[], 0]);
});

test('what went while nobody watched is missing from the next list, and only objects of the kind can be', async () => {
  const { api, clock, graph, seen, errors, put, remove, monitor } = setup();
  graph.put(Secret, { name: 'other', uid: 'other' });
  await put('a', '1');
  await put('b', '1');
  await put('c', '1');
  const running = monitor();
  await running.settled;
  api.fault = ({ path }) => (path.includes('watch=true') ? new Error('server is restarting') : undefined);
  api.dropWatches();
  await remove('a');
  await remove('c');
  // Another object of that name: its predecessor's end was missed.
  await put('c', '1');
  await put('b', '2');
  api.compact();
  await until(() => errors.length === 1);
  api.fault = undefined;
  await until(() => {
    clock.advance(1000);
    return seen.length === 7;
  });
  assert.deepEqual(seen.slice(0, 3).sort(), ['+a listed', '+b listed', '+c listed']);
  assert.deepEqual(seen.slice(3).sort(), ['+b listed', '+c listed', '-a', '-c']);
  assert.equal(graph.size, 3);
  assert.deepEqual(errors, ['ConfigMap: Error: server is restarting']);
  await running.close();
});

test('a kind that cannot be listed is settled when that is known', async () => {
  const { api, errors, monitor } = setup();
  api.fault = () => new Error('backend is away');
  const running = monitor();
  await running.settled;
  assert.deepEqual(errors, ['ConfigMap: Error: backend is away']);
  await running.close();
});
