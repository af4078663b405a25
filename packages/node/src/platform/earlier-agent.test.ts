import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '@kindred/machinery';
import { readProcessStat } from '../runtime/process-table.ts';
import { endEarlierAgent } from './earlier-agent.ts';

/** The system's, except that its timers keep the process alive. */
const clock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

test('ends the agent that the note names, and no other process that got its id', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-agent-'));
  const file = join(directory, 'agent.pid');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    const pid = child.pid ?? 0;
    assert.equal(await endEarlierAgent(file, clock), false);
    assert.match(readFileSync(file, 'utf8'), new RegExp(`^${process.pid} [1-9]`));
    writeFileSync(file, `${pid} 1\n`);
    assert.equal(await endEarlierAgent(file, clock), false);
    writeFileSync(file, `${pid} ${readProcessStat(pid)?.startTime}\n`);
    const ended = once(child, 'exit');
    assert.equal(await endEarlierAgent(file, clock), true);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
