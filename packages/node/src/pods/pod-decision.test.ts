import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PodSpec } from '@kindred/apis/core/v1';
import { type ContainerPhase, type ContainerRecord, newRecord } from './container-record.ts';
import { decidePod } from './pod-decision.ts';
import { podPhase } from './pod-phase.ts';

const running: ContainerPhase = { kind: 'running', id: 'a', startedAt: 0, started: true, ready: true };
const starting: ContainerPhase = { ...running, started: false, ready: false };
const ended = (exitCode: number): ContainerPhase => ({
  kind: 'terminated',
  id: 'a',
  exitCode,
  signal: 0,
  reason: '',
  message: '',
  startedAt: 0,
  finishedAt: 0,
});

function records(phases: Record<string, ContainerPhase>, retryAt = 0): Map<string, ContainerRecord> {
  const entries = Object.entries(phases);
  return new Map(
    entries.map(([name, phase]) => [name, { ...newRecord(name, 'i'), phase, retryAt, everStarted: true }]),
  );
}

const now = 1000;
const sidecar = { name: 'side', restartPolicy: 'Always' };
const init = { name: 'init' };
const main = { name: 'main' };

interface Case {
  readonly title: string;
  readonly spec: PodSpec;
  readonly phases: Record<string, ContainerPhase>;
  readonly retryAt?: number;
  readonly expected: { start?: string[]; stop?: string[]; finished?: string; wakeAt?: number; phase: string };
}

const cases: Case[] = [
  {
    title: 'starts everything at once',
    spec: { containers: [main, { name: 'b' }] },
    phases: {},
    expected: { start: ['main', 'b'], phase: 'Pending' },
  },
  {
    title: 'starts the first init container alone',
    spec: { initContainers: [init, { name: 'i2' }], containers: [main] },
    phases: {},
    expected: { start: ['init'], phase: 'Pending' },
  },
  {
    title: 'waits while an init container runs',
    spec: { initContainers: [init], containers: [main] },
    phases: { init: running },
    expected: { phase: 'Pending' },
  },
  {
    title: 'goes on after the init container',
    spec: { initContainers: [init], containers: [main] },
    phases: { init: ended(0) },
    expected: { start: ['main'], phase: 'Pending' },
  },
  {
    title: 'runs a failed init container again',
    spec: { initContainers: [init], containers: [main] },
    phases: { init: ended(1) },
    expected: { start: ['init'], phase: 'Pending' },
  },
  {
    title: 'fails with an init container under Never',
    spec: { restartPolicy: 'Never', initContainers: [init], containers: [main] },
    phases: { init: ended(1) },
    expected: { finished: 'Failed', phase: 'Failed' },
  },
  {
    title: 'waits for a sidecar to have started',
    spec: { initContainers: [sidecar], containers: [main] },
    phases: { side: starting },
    expected: { phase: 'Pending' },
  },
  {
    title: 'goes on beside a sidecar',
    spec: { initContainers: [sidecar], containers: [main] },
    phases: { side: running },
    expected: { start: ['main'], phase: 'Pending' },
  },
  {
    title: 'restarts a sidecar without holding anybody up',
    spec: { initContainers: [sidecar], containers: [main] },
    phases: { side: ended(0), main: running },
    expected: { start: ['side'], phase: 'Running' },
  },
  {
    title: 'stops sidecars after the work is done',
    spec: { restartPolicy: 'Never', initContainers: [sidecar], containers: [main] },
    phases: { side: running, main: ended(0) },
    expected: { stop: ['side'], finished: 'Succeeded', phase: 'Running' },
  },
  {
    title: 'has succeeded when the sidecars have ended',
    spec: { restartPolicy: 'Never', initContainers: [sidecar], containers: [main] },
    phases: { side: ended(137), main: ended(0) },
    expected: { finished: 'Succeeded', phase: 'Succeeded' },
  },
  {
    title: 'restarts under Always even after success',
    spec: { containers: [main] },
    phases: { main: ended(0) },
    expected: { start: ['main'], phase: 'Running' },
  },
  {
    title: 'waits for the back-off',
    spec: { containers: [main] },
    phases: { main: ended(1) },
    retryAt: 5000,
    expected: { wakeAt: 5000, phase: 'Running' },
  },
  {
    title: 'ends well under OnFailure',
    spec: { restartPolicy: 'OnFailure', containers: [main] },
    phases: { main: ended(0) },
    expected: { finished: 'Succeeded', phase: 'Succeeded' },
  },
  {
    title: 'restarts a failure under OnFailure',
    spec: { restartPolicy: 'OnFailure', containers: [main] },
    phases: { main: ended(2) },
    expected: { start: ['main'], phase: 'Running' },
  },
  {
    title: 'waits for the last one under Never',
    spec: { restartPolicy: 'Never', containers: [main, { name: 'b' }] },
    phases: { main: ended(1), b: running },
    expected: { phase: 'Running' },
  },
  {
    title: 'fails when one failed under Never',
    spec: { restartPolicy: 'Never', containers: [main, { name: 'b' }] },
    phases: { main: ended(1), b: ended(0) },
    expected: { finished: 'Failed', phase: 'Failed' },
  },
];

for (const { title, spec, phases, retryAt, expected } of cases) {
  it(title, () => {
    const known = records(phases, retryAt);
    const decision = decidePod(spec, known, now);
    assert.deepEqual(decision.start, expected.start ?? []);
    assert.deepEqual(decision.stop, expected.stop ?? []);
    assert.equal(decision.finished, expected.finished);
    assert.equal(decision.wakeAt, expected.wakeAt);
    assert.equal(podPhase(spec, known, decision), expected.phase);
  });
}
