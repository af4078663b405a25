import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadChartFiles } from '../../chart/load-files.ts';
import { encodeGoJson } from '../../go/json.ts';
import { packageChart } from '../../packaging/package-chart.ts';
import { digestOf, keepChart } from '../../repositories/content-cache.ts';
import { flagValues } from '../flags/flag-values.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { createLog } from '../log.ts';
import { globalFlags, settingsOf } from '../settings.ts';
import { archivedVersions } from './archived-versions.ts';

const encoder = new TextEncoder();

function filesOf(version: string, values: string) {
  const files = { 'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`, 'values.yaml': values };
  return Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) }));
}

test('finds versions in the content cache by the cached index, and beside an archive', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-archives-'));
  try {
    const environment = { HOME: directory, HELM_CACHE_HOME: join(directory, 'cache') };
    const globals = globalFlags(environment);
    const settings = settingsOf(flagValues(globals, parseFlags(globals, []).given), environment);
    const log = createLog({ write: () => undefined, isTerminal: false }, settings);
    const context = { directory, environment, settings, log };
    const chart = loadChartFiles(filesOf('3.0.0', ''));
    assert.deepEqual(await archivedVersions(context, 'shop/web', chart), []);

    const lines: string[] = [];
    for (const version of ['2.0.0', '1.0.0']) {
      const archive = packageChart(filesOf(version, `size: ${version[0]}\n`), { now: new Date(0) }).archive;
      await keepChart(settings.contentCache, archive);
      await writeFile(join(directory, `web-${version}.tgz`), archive);
      lines.push(`  - {apiVersion: v2, name: web, version: ${version}, urls: [x], digest: ${digestOf(archive)}}`);
    }
    lines.push(`  - {apiVersion: v2, name: web, version: 0.9.0, urls: [x], digest: ${'a'.repeat(64)}}`);
    await mkdir(settings.repositoryCache, { recursive: true });
    const index = `apiVersion: v1\nentries:\n  web:\n${lines.join('\n')}\n`;
    await writeFile(join(settings.repositoryCache, 'shop-index.yaml'), index);
    const known = async (reference: string): Promise<string[]> =>
      (await archivedVersions(context, reference, chart)).map((each) => `${each.version} ${encodeGoJson(each.values)}`);
    assert.deepEqual(await known('shop/web'), ['2.0.0 {"size":2}', '1.0.0 {"size":1}']);
    assert.deepEqual(await known('web-1.0.0.tgz'), ['2.0.0 {"size":2}', '1.0.0 {"size":1}']);
    assert.deepEqual(await known('other/web'), []);

    await writeFile(join(directory, 'web-2.5.0.tgz'), 'no archive');
    assert.deepEqual(await known('web-1.0.0.tgz'), []);
  } finally {
    await rm(directory, { recursive: true });
  }
});
