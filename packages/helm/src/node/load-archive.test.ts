import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadArchive } from './load-archive.ts';
import { loadDirectory } from './load-directory.ts';

function entry(name: string, content: string | Uint8Array, type = '0'): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(data.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  header.write('ustar', 257);
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function archive(...entries: Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

const chartFile = entry('web/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n');

test('reads a chart with a dependency that is an archive itself', () => {
  const inner = archive(entry('db/Chart.yaml', 'apiVersion: v2\nname: db\nversion: 2.0.0\n'));
  const chart = loadArchive(
    archive(chartFile, entry('web/charts/db-2.0.0.tgz', inner), entry('web/values.yaml', 'a: 1')),
  );
  assert.deepEqual(
    [chart.metadata.name, chart.dependencies[0]?.metadata.version, chart.values.get('a')],
    ['web', '2.0.0', 1],
  );
});

test('refuses archives that reach outside or hold links', () => {
  const bad: readonly (readonly [Buffer, RegExp])[] = [
    [entry('web/../../etc/passwd', 'x'), /parent directory/],
    [entry('web//etc/passwd', 'x'), /absolute paths/],
    [entry('web/a/../../x', 'x'), /parent directory/],
    [entry('web\\..\\x', 'x'), /parent directory/],
    [entry('web/C:/x', 'x'), /illegally named/],
    [entry('web/link', '', '2'), /link/],
    [entry('web/hard', '', '1'), /link/],
  ];
  for (const [each, message] of bad) {
    assert.throws(() => loadArchive(archive(chartFile, each)), { name: 'ChartError', message });
  }
});

test('refuses archives that are damaged or too large when unpacked', () => {
  assert.throws(() => loadArchive(Buffer.from('no archive')), { name: 'ChartError', message: /gzip: invalid header/ });
  assert.throws(() => loadArchive(archive()), { name: 'ChartError', message: /no files/ });
  const cut = gzipSync(chartFile.subarray(0, 520));
  assert.throws(() => loadArchive(cut), { name: 'ChartError', message: /unexpected EOF/ });
  const limits = { totalBytes: 1000, fileBytes: 5000 };
  const bomb = archive(chartFile, entry('web/zeros', new Uint8Array(20 * 1024 * 1024)));
  assert.throws(() => loadArchive(bomb, limits), { name: 'ChartError', message: /larger than the maximum size 1000/ });
  const large = archive(chartFile, entry('web/big', new Uint8Array(6000)));
  assert.throws(() => loadArchive(large, { totalBytes: 100_000, fileBytes: 5000 }), {
    message: /maximum file size 5000/,
  });
});

test('refuses links in a directory unless told to follow them', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-chart-'));
  try {
    await mkdir(join(directory, 'templates'));
    await writeFile(join(directory, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
    await symlink('/etc/passwd', join(directory, 'templates/a.yaml'));
    await assert.rejects(loadDirectory(directory), { name: 'ChartError', message: /symbolic links are not followed/ });
    const followed: string[] = [];
    const chart = await loadDirectory(directory, { links: 'follow', onLink: (path) => followed.push(path) });
    assert.deepEqual([chart.templates.length, followed], [1, [join(directory, 'templates/a.yaml')]]);
    await symlink('..', join(directory, 'templates/circle'));
    await assert.rejects(loadDirectory(directory, { links: 'follow' }), { message: /contains itself/ });
  } finally {
    await rm(directory, { recursive: true });
  }
});
