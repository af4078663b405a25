/** An operation outlives its request, and not its server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Logger, ManualClock, silentLogger } from '@kindred/machinery';
import { RunningOperations } from './running-operations.ts';

function until(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

test('what ends in time is answered with its result or its failure', async () => {
  const operations = new RunningOperations(new ManualClock());
  const options = { limit: 1000, what: 'rollback', logger: silentLogger };
  assert.deepEqual(await operations.run(() => Promise.resolve(7), options), { isOver: true, result: 7 });
  await assert.rejects(
    operations.run(() => Promise.reject(new Error('no')), options),
    /no/,
  );
  await operations.close();
  await assert.rejects(
    operations.run(() => Promise.resolve(7), options),
    /was stopped/,
  );
});

test('what takes longer goes on, and is stopped with the server, which waits for it', async () => {
  const clock = new ManualClock();
  const failures: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message) => failures.push(message) };
  const operations = new RunningOperations(clock);
  const steps: string[] = [];
  const outcome = operations.run(
    async (signal) => {
      await until(signal).catch(() => undefined);
      steps.push('recorded as failed');
      throw new Error('stopped');
    },
    { limit: 1000, what: 'rollback', logger },
  );
  clock.advance(1000);
  assert.deepEqual(await outcome, { isOver: false });
  assert.deepEqual(steps, []);
  await operations.close();
  assert.deepEqual(steps, ['recorded as failed']);
  assert.deepEqual(failures, ['rollback failed']);
});
