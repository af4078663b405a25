import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { ContainerLog } from './container-log.ts';
import { formatLogLine, parseLogLine } from './log-line.ts';
import { parseLogQuery } from './log-query.ts';
import { logTail, readLog } from './read-log.ts';

const directory = mkdtempSync(join(tmpdir(), 'kindred-logs-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const start = Date.parse('2026-01-02T03:04:05.678Z');
let count = 0;

function newLog(maxBytes?: number) {
  const clock = new ManualClock(start);
  const log = new ContainerLog(join(directory, `${++count}.log`), clock, maxBytes === undefined ? {} : { maxBytes });
  return { clock, log };
}

async function read(log: ContainerLog, query: string, now = start): Promise<string> {
  let text = '';
  const live = log.open ? { live: log } : {};
  const asked = parseLogQuery(new URLSearchParams(query), now);
  for await (const part of readLog({ path: log.path, ...live }, asked, new AbortController().signal)) text += part;
  return text;
}

it('keeps lines in the format of the container runtime interface', () => {
  const line = formatLogLine({ time: start, stream: 'stderr', partial: false, text: 'a b' });
  assert.equal(line, '2026-01-02T03:04:05.678000000Z stderr F a b');
  assert.deepEqual(parseLogLine(line), {
    time: '2026-01-02T03:04:05.678000000Z',
    stream: 'stderr',
    partial: false,
    text: 'a b',
  });
  assert.equal(parseLogLine('half a li'), undefined);
});

it('selects by tail, time, stream, bytes', async () => {
  const { clock, log } = newLog();
  log.write('stdout', Buffer.from('one\ntwo\nthr'));
  log.write('stderr', Buffer.from('oops\n'));
  clock.advance(10_000);
  log.write('stdout', Buffer.from('ee\nfour'));
  log.end();
  const now = clock.now();
  assert.equal(await read(log, ''), 'one\ntwo\noops\nthree\nfour\n');
  assert.equal(await read(log, 'tailLines=2'), 'three\nfour\n');
  assert.equal(await read(log, 'tailLines=0'), '');
  assert.equal(await read(log, 'sinceSeconds=5', now), 'three\nfour\n');
  assert.equal(await read(log, 'sinceTime=2026-01-02T03:04:10Z'), 'three\nfour\n');
  assert.equal(await read(log, 'stream=Stderr'), 'oops\n');
  assert.equal(await read(log, 'limitBytes=5'), 'one\nt');
  assert.equal(await read(log, 'tailLines=1&timestamps=true'), '2026-01-02T03:04:15.678000000Z four\n');
  assert.equal(await logTail(log.path), 'one\ntwo\noops\nthree\nfour');
  assert.throws(() => parseLogQuery(new URLSearchParams('tailLines=x'), 0), /tailLines/);
});

it('joins the parts of long lines', async () => {
  const { log } = newLog();
  const long = 'x'.repeat(40_000);
  log.write('stdout', Buffer.from(`${long}\nshort\n`));
  log.end();
  assert.equal(await read(log, ''), `${long}\nshort\n`);
  assert.equal(await read(log, 'tailLines=2'), `${long}\nshort\n`);
});

it('follows until the container ends, over a turn of the file', async () => {
  const { log } = newLog(300);
  log.write('stdout', Buffer.from('first\n'));
  const followed = read(log, 'follow=true');
  for (let line = 0; line < 12; line++) {
    log.write('stdout', Buffer.from(`line ${line}\n`));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  log.end();
  const expected = `first\n${Array.from({ length: 12 }, (_, line) => `line ${line}\n`).join('')}`;
  assert.equal(await followed, expected);
  assert.ok(log.turns > 0);
});

it('loses lines, not the container, when they cannot be written', async () => {
  const path = join(directory, 'full.log');
  let failures = 0;
  const log = new ContainerLog(path, new ManualClock(start), { maxBytes: 60, onFailure: () => failures++ });
  log.write('stdout', Buffer.from('one\n'));
  // The turn over cannot happen: something that isn't a file is in its way.
  mkdirSync(`${path}.1`);
  writeFileSync(join(`${path}.1`, 'x'), '');
  log.write('stdout', Buffer.from('two\n'));
  log.write('stdout', Buffer.from('three\n'));
  assert.equal(failures, 1);
  rmSync(`${path}.1`, { recursive: true });
  log.write('stdout', Buffer.from('four\n'));
  assert.equal(await read(log, ''), 'one\nfour\n');
  log.end();
});
