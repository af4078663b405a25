import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createClient } from '@kindred/client';
import { MemoryApi, until } from '@kindred/client/testing';
import { createManager, type LeaderElection } from './manager.ts';
import type { Runnable } from './runnable.ts';

/** Writes down when it starts and stops. */
function recorded(name: string, seen: string[], more: Partial<Runnable> = {}): Runnable {
  return {
    name,
    rules: [],
    prepare: () => ({
      async start() {
        seen.push(`${name} starts`);
      },
      async stop() {
        seen.push(`${name} stops`);
      },
    }),
    ...more,
  };
}

function managerWith(t: TestContext, leaderElection: LeaderElection) {
  const manager = createManager({ client: createClient(new MemoryApi()), leaderElection });
  t.after(() => manager.close());
  return manager;
}

test('what needs no leadership serves before this process leads, and until the controllers have stopped', async (t) => {
  const seen: string[] = [];
  let lead: () => void = () => undefined;
  const manager = managerWith(t, {
    acquire: () =>
      new Promise((resolve) => {
        seen.push('asks to lead');
        lead = resolve;
      }),
    lost: new Promise(() => undefined),
    async release() {
      seen.push('leads no more');
    },
  });
  manager.add(recorded('controller', seen));
  manager.add(recorded('server', seen, { needsLeadership: false }));
  const started = manager.start();
  await until(() => seen.includes('asks to lead'), 'the manager to ask for leadership');
  assert.deepEqual(seen, ['server starts', 'asks to lead']);
  lead();
  await started;
  await manager.close();
  assert.deepEqual(seen.slice(2), ['controller starts', 'controller stops', 'server stops', 'leads no more']);
});

test('a server that cannot start fails the start', async (t) => {
  const manager = createManager({ client: createClient(new MemoryApi()) });
  t.after(() => manager.close());
  const broken: Partial<Runnable> = {
    needsLeadership: false,
    prepare: () => ({
      start: () => Promise.reject(new Error('the port is taken')),
      stop: () => Promise.resolve(),
    }),
  };
  manager.add(recorded('server', [], broken));
  await assert.rejects(manager.start(), /the port is taken/);
});
