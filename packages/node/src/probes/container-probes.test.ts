import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Probe } from '@kindred/apis/core/v1';
import { ManualClock } from '@kindred/machinery';
import { ContainerProbes } from './container-probes.ts';
import { tryProbe } from './probe-action.ts';

/** Runs a readiness probe for some seconds; the command succeeds from `upAt` on. Gives what happened, with its time. */
async function readiness(probe: Probe, upAt: number, seconds: number): Promise<string[]> {
  const clock = new ManualClock(0);
  const happened: string[] = [];
  const target = {
    container: {
      exec: async () => ({ exitCode: clock.now() >= upAt ? 0 : 1, output: 'not yet', timedOut: false }),
    },
    ports: [],
    podIP: '127.0.0.1',
    hostPort: (_: string, port: number) => port,
  };
  const container = { name: 'main', readinessProbe: { exec: { command: ['check'] }, ...probe } };
  const probes = new ContainerProbes(container, target, clock, {
    changed: ({ ready }) => happened.push(`${clock.now()} ${ready ? 'ready' : 'not ready'}`),
    unhealthy: (kind) => happened.push(`${clock.now()} ${kind} failed`),
    failed: () => undefined,
  });
  probes.start();
  for (let passed = 0; passed < seconds * 1000; passed += 10) {
    clock.advance(10);
    // The command's answer comes a turn later.
    await new Promise((resolve) => setImmediate(resolve));
  }
  probes.close();
  return happened;
}

test('a container that answers soon after its start is ready soon, without a failure', async () => {
  const [first, ...more] = await readiness({ periodSeconds: 10 }, 120, 5);
  assert.match(first ?? '', /^[1-3]\d\d ready$/);
  assert.deepEqual(more, []);
});

test('one that does not answer within the first period fails once a period', async () => {
  const happened = await readiness({ periodSeconds: 1 }, 1e9, 3.5);
  assert.deepEqual(new Set(happened.map((text) => text.replace(/^\d+ /, ''))), new Set(['Readiness failed']));
  assert.equal(happened.length, 3);
});

test('a probe that cannot even be tried has failed', async () => {
  const target = {
    container: { exec: () => Promise.reject(new Error('refused')) },
    ports: [],
    podIP: '127.0.0.1',
    hostPort: (_: string, port: number) => port,
  };
  const handlers = [
    { httpGet: { path: '/with blank', port: 80 } },
    { httpGet: { port: 80, httpHeaders: [{ name: 'a b', value: '' }] } },
    { tcpSocket: { port: 700_000 } },
    { exec: { command: ['a\0b'] } },
  ];
  for (const handler of handlers) {
    const { success, message } = await tryProbe(handler, target, 1000);
    assert.equal(success, false);
    assert.notEqual(message, '');
  }
});
