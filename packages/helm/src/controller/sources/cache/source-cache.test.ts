import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { SourceCache } from './source-cache.ts';
import { sweepCache } from './sweep-cache.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-cache-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Files of a size, used some hours ago. */
async function put(directory: string, files: Readonly<Record<string, readonly [bytes: number, hoursAgo: number]>>) {
  for (const [name, [bytes, hours]] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.alloc(bytes));
    const time = (NOW - hours * HOUR) / 1000;
    for (let at = path; at !== directory; at = dirname(at)) await utimes(at, time, time);
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

test('what lies unused for too long goes, each kind at its own age', async (t) => {
  const directory = await temporary(t);
  await put(directory, {
    'git/a-0/packed': [1, 25],
    'git/b-0/packed': [1, 25],
    'git/b-0/info/attributes': [1, 1],
    'tls/old': [1, 2],
    'tls/new': [1, 0.5],
    'content/ab/abc.chart': [1, 8 * 24],
    'content/ab/abd.chart': [1, 6 * 24],
    'repositories/x-index.yaml': [1, 25],
    'ssh-a1b2/identity': [1, 0.5],
    'ssh-c3d4/identity': [1, 0.1],
    'build-x/web/Chart.yaml': [1, 3],
    'something-else': [1, 10_000],
  });
  const removed = await sweepCache(directory, { now: NOW, mostBytes: 1e9 });
  assert.equal(removed.length, 6);
  assert.deepEqual(await namesIn(directory), [
    'content/ab/abd.chart',
    'git/b-0/info/attributes',
    'git/b-0/packed',
    'something-else',
    'ssh-c3d4/identity',
    'tls/new',
  ]);
});

test('of too much the oldest goes, but nothing that may be in use', async (t) => {
  const directory = await temporary(t);
  const million = 1_000_000;
  await put(directory, {
    'content/aa/a.chart': [million, 4],
    'content/bb/b.chart': [million, 3],
    'git/c-0/pack': [million, 2],
    'git/d-0/pack': [million, 0.1],
  });
  await sweepCache(directory, { now: NOW, mostBytes: 2.5 * million });
  assert.deepEqual(await namesIn(directory), ['git/c-0/pack', 'git/d-0/pack']);
  await sweepCache(directory, { now: NOW, mostBytes: 1 });
  assert.deepEqual(await namesIn(directory), ['git/d-0/pack']);
  assert.deepEqual(await sweepCache(join(directory, 'nowhere'), { now: NOW, mostBytes: 1 }), []);
});

test('it is swept while somebody has it open, and removed with the last one when it is temporary', async (t) => {
  const parent = await temporary(t);
  const directory = join(parent, 'kindred-helm.ab12.4711');
  await put(parent, {
    'kindred-helm.0f.12/tls/key': [1, 3],
    'kindred-helm.0f.13/tls/key': [1, 3],
    'kindred-helm.0f.14/tls/key': [1, 1],
    'kindred-helm.x.12/tls/key': [1, 3],
    'others-12/tls/key': [1, 3],
    'kindred-helm.ab12.4711/tls/key': [1, 3],
  });
  const clock = new ManualClock(NOW);
  const errors: unknown[] = [];
  const cache = new SourceCache({
    directory,
    isTemporary: true,
    isAlive: (pid) => pid === 13,
    userId: process.getuid?.(),
  });
  const closings = [1, 2].map(() => cache.open(clock, (error) => errors.push(error)));
  const swept = async (path: string): Promise<void> => {
    while (existsSync(join(parent, path))) await new Promise(setImmediate);
  };
  await Promise.all([swept('kindred-helm.0f.12'), swept('kindred-helm.ab12.4711/tls/key')]);
  await put(directory, { 'tls/key': [1, 1] });
  while (clock.nextDue() === undefined) await new Promise(setImmediate);
  clock.advance(HOUR);
  await swept('kindred-helm.ab12.4711/tls/key');
  await closings[0]?.();
  assert.ok(existsSync(directory));
  await closings[1]?.();
  assert.deepEqual((await readdir(parent)).toSorted(), [
    'kindred-helm.0f.13',
    'kindred-helm.0f.14',
    'kindred-helm.x.12',
    'others-12',
  ]);
  assert.deepEqual(errors, []);
});

test('a directory that somebody else has prepared is told, and left alone', async (t) => {
  const parent = await temporary(t);
  const directory = join(parent, 'charts-1');
  await mkdir(join(parent, 'theirs'));
  await symlink(join(parent, 'theirs'), directory);
  const errors: unknown[] = [];
  const cache = new SourceCache({ directory, isTemporary: true, isAlive: () => true, userId: process.getuid?.() });
  await cache.open(new ManualClock(NOW), (error) => errors.push(error))();
  assert.match(String(errors[0]), new RegExp(`${basename(directory)} belongs to somebody else`));
  assert.ok(existsSync(join(parent, 'theirs')));
});
