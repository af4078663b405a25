import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageChart } from '../packaging/package-chart.ts';
import { replaceCharts } from './replace-charts.ts';

function archive(name: string, version: string): Uint8Array {
  const data = Buffer.from(`apiVersion: v2\nname: ${name}\nversion: ${version}\n`);
  return packageChart([{ name: 'Chart.yaml', data }], { now: new Date(0) }).archive;
}

async function world(t: TestContext) {
  const chartPath = await mkdtemp(join(tmpdir(), 'kindred-charts-'));
  t.after(() => rm(chartPath, { recursive: true }));
  const charts = join(chartPath, 'charts');
  const directory = join(charts, '.new-x');
  await mkdir(directory, { recursive: true });
  await mkdir(join(charts, 'unpacked'));
  await writeFile(join(charts, 'db-1.0.0.tgz'), archive('db', '1.0.0'));
  await writeFile(join(charts, 'own-1.0.0.tgz'), archive('own', '1.0.0'));
  await writeFile(join(charts, 'same-1.0.0.tgz'), 'before');
  await writeFile(join(charts, 'notes.txt'), 'no chart');
  await writeFile(join(directory, 'db-2.0.0.tgz'), archive('db', '2.0.0'));
  await writeFile(join(directory, 'same-1.0.0.tgz'), 'after');
  const replace = (commit: () => Promise<void>): Promise<void> =>
    replaceCharts({ chartPath, directory, local: new Set(['own']), report: () => undefined, commit });
  const names = async (): Promise<string[]> => (await readdir(charts)).filter((name) => name !== '.new-x').sort();
  const same = (): Promise<string> => readFile(join(charts, 'same-1.0.0.tgz'), 'utf8');
  return { replace, names, same };
}

test('puts new archives in and takes old ones out', async (t) => {
  const { replace, names, same } = await world(t);
  await replace(async () => undefined);
  assert.deepEqual(await names(), ['db-2.0.0.tgz', 'notes.txt', 'own-1.0.0.tgz', 'same-1.0.0.tgz', 'unpacked']);
  assert.equal(await same(), 'after');
});

test('leaves everything as it was when the end fails', async (t) => {
  const { replace, names, same } = await world(t);
  const before = await names();
  await assert.rejects(
    replace(async () => {
      throw new Error('the disk is full');
    }),
    /the disk is full/,
  );
  assert.deepEqual(await names(), before);
  assert.equal(await same(), 'before');
});
