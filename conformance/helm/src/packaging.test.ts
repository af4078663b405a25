/** Packages the same charts with both programs, and lets each read what the other made. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadArchive, packageChart, readChartFiles } from '@kindred/helm';
import { clientBinary, runCommand } from '@kindred-conformance/clients';
import type { ChartSource } from './render-both.ts';

const LONG = `templates/${'long-'.repeat(15)}name/${'x'.repeat(90)}.yaml`;

const full: ChartSource = {
  'Chart.yaml': `apiVersion: v2
name: web
version: 1.0.0
appVersion: 1.10
description: "text: with a colon\\nand lines"
type: application
kubeVersion: ">=1.20"
home: https://example.com
icon: https://example.com/icon.png
keywords: [web, "<html>", '1']
sources: [https://example.com/src]
maintainers:
- {name: Some One, email: some@example.org, url: https://example.org}
- {name: Other}
annotations: {b: "2", a: "1", empty: ""}
deprecated: true
condition: c
tags: t
unknown: member
dependencies:
- {name: db, version: "^2", repository: "https://example.com/charts", condition: db.enabled, tags: [t], alias: store, import-values: [data, {child: a, parent: b}]}
- {name: old, version: "1.x", repository: ""}
`,
  'Chart.lock':
    'dependencies:\n- name: db\n  repository: https://example.com/charts\n  version: 2.0.1\n- name: old\n  repository: ""\n  version: 1.2.3\ndigest: sha256:0123\ngenerated: "2024-05-06T07:08:09.123456789+02:00"\n',
  'values.yaml': '# comment\na: 1\n',
  'values.schema.json': '{"type": "object"}\n',
  '.helmignore': '*.bak\n',
  'dropped.bak': 'x',
  'README.md': 'read me\n',
  LICENSE: 'license\n',
  'crds/a.yaml': 'kind: CustomResourceDefinition\n',
  'files/é/ü.txt': 'umlauts\n',
  'files/empty': '',
  'templates/a.yaml': 'kind: A\nmetadata: {name: {{ .Values.a }}}\n',
  'templates/_helpers.tpl': '{{ define "x" }}{{ end }}\n',
  [LONG]: '# long\n',
  [`templates/${'y'.repeat(120)}.yaml`]: '# very long\n',
  'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 2.0.1\n',
  'charts/db/values.yaml': 'x: 1\n',
  'charts/db/Chart.lock': 'dependencies: []\ndigest: sha256:1\ngenerated: "2001-01-01T00:00:00Z"\n',
  'charts/db/templates/b.yaml': 'kind: B\n',
  'charts/db/charts/deep/Chart.yaml': 'apiVersion: v2\nname: deep\nversion: 0.1.0\n',
  'charts/old/Chart.yaml': 'name: old\nversion: 1.2.3\n',
  'charts/old/requirements.yaml': 'dependencies: []\n',
  'charts/_ignored/Chart.yaml': 'broken',
};

const v1: ChartSource = {
  'Chart.yaml': 'apiVersion: v1\nname: legacy\nversion: v1.2\nengine: gotpl\ntillerVersion: ">2"\n',
  'requirements.yaml': 'dependencies:\n- {name: sub, version: "1", repository: ""}\n',
  'requirements.lock': 'dependencies: []\ndigest: sha256:2\ngenerated: "2020-01-01T00:00:00Z"\n',
  'charts/sub/Chart.yaml': 'apiVersion: v1\nname: sub\nversion: 1.0.0\n',
  'templates/a.yaml': 'kind: A\n',
};

async function inDirectory(
  files: ChartSource,
  run: (chart: string, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-package-'));
  try {
    let age = 1_000_000_000;
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, 'chart', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      age += 1;
      await utimes(path, age, age);
    }
    await run(join(directory, 'chart'), directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function helm(directory: string, args: readonly string[]) {
  const environment = { TZ: 'UTC', HOME: directory, HELM_CACHE_HOME: join(directory, 'cache') };
  return runCommand(await clientBinary('helm'), args, { environment });
}

for (const [name, files] of Object.entries({ full, v1 })) {
  test(`packages as helm does: ${name}`, () =>
    inDirectory(files, async (chart, directory) => {
      const flags = name === 'full' ? ['--version', '3.2.1-rc.1+build', '--app-version', '7'] : [];
      const options = name === 'full' ? { version: '3.2.1-rc.1+build', appVersion: '7' } : {};
      const ours = packageChart(await readChartFiles(chart), { ...options, now: new Date() });
      const theirs = await packedByHelm(directory, [chart, ...flags], ours);
      // Go compresses otherwise; what is compressed, and the header, are the same.
      assert.deepEqual(theirs.subarray(0, 50), Buffer.from(ours.archive.subarray(0, 50)));
      assert.deepEqual(entries(gunzipSync(ours.archive)), entries(gunzipSync(theirs)));
      assert.ok(gunzipSync(ours.archive).equals(gunzipSync(theirs)), 'the same bytes in the tar');
      assert.deepEqual(loadArchive(theirs).metadata, loadArchive(ours.archive).metadata);
      await readByHelm(directory, join(directory, 'theirs', ours.fileName), ours);
    }));
}

/** Helm has subcharts in an order that changes from run to run: its archive once it has come upon ours. */
async function packedByHelm(
  directory: string,
  args: readonly string[],
  ours: { fileName: string; archive: Uint8Array },
): Promise<Buffer> {
  const wanted = loadArchive(ours.archive).dependencies.map(({ metadata }) => metadata.name);
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const packed = await helm(directory, ['package', ...args, '-d', join(directory, 'theirs')]);
    assert.equal(packed.code, 0, packed.stderr);
    const theirs = await readFile(join(directory, 'theirs', ours.fileName));
    const found = entries(gunzipSync(theirs)).flatMap(
      (text) => /^[^/]+\/charts\/(\w+)\/Chart.yaml /.exec(text)?.[1] ?? [],
    );
    if (found.join() === wanted.join()) return theirs;
  }
  throw new Error(`helm did not once have the subcharts in the order ${wanted.join(', ')}`);
}

/** What helm shows and renders of our archive is what it shows of its own. */
async function readByHelm(directory: string, theirs: string, ours: { fileName: string; archive: Uint8Array }) {
  await mkdir(join(directory, 'ours'));
  const path = join(directory, 'ours', ours.fileName);
  await writeFile(path, ours.archive);
  for (const args of [
    ['show', 'all'],
    ['template', 'x'],
  ]) {
    const [own, other] = await Promise.all([helm(directory, [...args, path]), helm(directory, [...args, theirs])]);
    assert.equal(own.code, 0, own.stderr);
    assert.equal(own.stdout, other.stdout);
  }
}

/** Headers and texts, to show what differs. */
function entries(tar: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 512 <= tar.length; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    if (Number.isNaN(size)) break;
    found.push(
      tar.toString('latin1', at, at + 512).replace(/\0+/g, ' '),
      tar.toString('utf8', at + 512, at + 512 + size),
    );
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}
