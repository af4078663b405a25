import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLogger } from '@kindred/machinery';
import { StateFile } from './state-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'kindred-state-'));
after(() => rmSync(directory, { recursive: true }));

test('the next agent ends what this one noted', async () => {
  const path = join(directory, 'processes.json');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  try {
    new StateFile(path, silentLogger).add(child.pid ?? 0);
    assert.equal(new StateFile(path, silentLogger).killLeftovers(), 1);
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.equal(new StateFile(path, silentLogger).killLeftovers(), 0);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a note cut short by a crash, and one that cannot be written, stop nobody', () => {
  const path = join(directory, 'cut.json');
  writeFileSync(path, '[{"pid": 1');
  assert.equal(new StateFile(path, silentLogger).killLeftovers(), 0);
  const said: string[] = [];
  mkdirSync(join(directory, 'taken.json'));
  const log = { ...silentLogger, error: (message: string) => void said.push(message) };
  new StateFile(join(directory, 'taken.json'), log).add(process.pid);
  assert.deepEqual(said, ['Processes could not be noted']);
});
