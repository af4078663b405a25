/** Charts that are damaged, or made to do harm: both programs refuse them, with the same first line where helm has one. */
import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CommandComparison, type Difference } from './fixtures/compare-commands.ts';

interface EntryOptions {
  readonly type?: string;
  readonly link?: string;
  /** The size that the header says. */
  readonly size?: number;
  readonly damaged?: boolean;
}

function entry(name: string | Uint8Array, content: string | Uint8Array = '', options: EntryOptions = {}): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write((options.size ?? data.length).toString(8).padStart(11, '0'), 124);
  header.write('00000000000', 136);
  header.write(options.type ?? '0', 156);
  header.write(options.link ?? '', 157);
  header.write('ustar\x0000', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0) + (options.damaged === true ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function tar(...entries: Uint8Array[]): Buffer {
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

const META = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
const chartFile = entry('web/Chart.yaml', META);
const chart = (...entries: Uint8Array[]): Buffer => gzipSync(tar(chartFile, ...entries));
const whole = chart(entry('web/values.yaml', 'a: 1\n'));
const megabytes = (count: number): Uint8Array => new Uint8Array(count * 1024 * 1024);

const archives: Readonly<Record<string, Uint8Array>> = {
  'empty.tgz': new Uint8Array(),
  'text.tgz': Buffer.from('not an archive\n'),
  'binary.tgz': Buffer.from([0, 1, 2, 3, 0xff]),
  'chart.yaml': Buffer.from(META),
  'only-header.tgz': whole.subarray(0, 10),
  'cut.tgz': whole.subarray(0, whole.length - 12),
  'method.tgz': Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), whole.subarray(3)]),
  'no-tar.tgz': gzipSync(Buffer.from('x'.repeat(2000))),
  'no-entries.tgz': gzipSync(tar()),
  'no-blocks.tgz': gzipSync(Buffer.alloc(0)),
  'only-directories.tgz': gzipSync(tar(entry('web/', '', { type: '5' }))),
  'tar-cut.tgz': gzipSync(tar(chartFile).subarray(0, 530)),
  'tar-without-end.tgz': gzipSync(chartFile),
  'damaged-header.tgz': chart(entry('web/values.yaml', 'a: 1\n', { damaged: true })),
  'negative-size.tgz': chart(
    Buffer.from(entry('web/x', 'a').toString('latin1').replace('00000000001', '-0000000001'), 'latin1'),
  ),
  'parent.tgz': chart(entry('web/../../etc/passwd', 'x')),
  'parent-inside.tgz': chart(entry('web/a/../b', 'x')),
  'parent-first.tgz': chart(entry('../web/x', 'x')),
  'absolute.tgz': chart(entry('/etc/passwd', 'x')),
  'absolute-inside.tgz': chart(entry('web//etc/passwd', 'x')),
  'base-only.tgz': chart(entry('web', 'x')),
  'dot.tgz': chart(entry('web/.', 'x')),
  'root-chart.tgz': gzipSync(tar(entry('Chart.yaml', META))),
  'chart-as-directory.tgz': gzipSync(tar(entry('Chart.yaml/Chart.yaml', META))),
  'backslash.tgz': chart(entry('web\\templates\\a.yaml', 'kind: A\n')),
  'backslash-parent.tgz': chart(entry('web\\..\\..\\x', 'x')),
  'drive.tgz': chart(entry('web/c:/x', 'x')),
  'drive-backslash.tgz': chart(entry('web\\c:\\x', 'x')),
  'no-chart.tgz': gzipSync(tar(entry('web/values.yaml', 'a: 1\n'))),
  'list-chart.tgz': gzipSync(tar(entry('web/Chart.yaml', '- a\n'))),
  'text-chart.tgz': gzipSync(tar(entry('web/Chart.yaml', 'text'))),
  'empty-chart.tgz': gzipSync(tar(entry('web/Chart.yaml', ''))),
  'name-outside.tgz': gzipSync(tar(entry('web/Chart.yaml', 'apiVersion: v2\nname: ../x\nversion: 1.0.0\n'))),
  'name-dots.tgz': gzipSync(tar(entry('web/Chart.yaml', 'apiVersion: v2\nname: ..\nversion: 1.0.0\n'))),
  'maintainers.tgz': gzipSync(tar(entry('web/Chart.yaml', `${META}maintainers: [null]\n`))),
  'dependencies.tgz': gzipSync(tar(entry('web/Chart.yaml', `${META}dependencies: [null]\n`))),
  'alias.tgz': gzipSync(tar(entry('web/Chart.yaml', `${META}dependencies: [{name: a, alias: "a/b"}]\n`))),
  'twice.tgz': gzipSync(tar(entry('web/Chart.yaml', `${META}dependencies: [{name: a}, {name: a}]\n`))),
  'list-values.tgz': chart(entry('web/values.yaml', '- a\n')),
  'inner-garbage.tgz': chart(entry('web/charts/a.tgz', gzipSync(Buffer.from('x'.repeat(2000))))),
  'inner-parent.tgz': chart(entry('web/charts/a.tgz', gzipSync(tar(entry('a/../../x', 'x'))))),
  'inner-file.tgz': chart(entry('web/charts/README.md', 'x')),
  'inner-no-chart.tgz': chart(entry('web/charts/a/values.yaml', 'a: 1\n')),
  'large-file.tgz': chart(entry('web/large', megabytes(6))),
  'large-whole.tgz': chart(...Array.from({ length: 21 }, (_, n) => entry(`web/part-${n}`, megabytes(5)))),
  'large-header.tgz': chart(entry('web/large', 'x', { size: 2 ** 32 })),
  'not-utf8.tgz': chart(entry(Buffer.from([...Buffer.from('web/'), 0xff, 0xfe]), 'x')),
  'bom.tgz': gzipSync(tar(entry('web/Chart.yaml', `\ufeff${META}`), entry('web/values.yaml', '\ufeffa: 1\n'))),
  'nested.tgz': chart(entry('web/values.yaml', `a: ${'['.repeat(11_000)}`)),
};

/** Helm takes these for empty files, or reads on; ours refuses. */
const refusedByOurs: Readonly<Record<string, Uint8Array>> = {
  'symlink.tgz': chart(entry('web/templates/a.yaml', '', { type: '2', link: '/etc/passwd' })),
  'hard-link.tgz': chart(entry('web/templates/a.yaml', '', { type: '1', link: 'web/Chart.yaml' })),
  'device.tgz': chart(entry('web/a', '', { type: '3' })),
  'fifo.tgz': chart(entry('web/a', '', { type: '6' })),
};

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Whether only what can't be the same differs: Go's words about YAML and its types, and what is ours to say more. */
function isSame({ helm, ours }: Difference): boolean {
  if (helm.code !== ours.code || helm.stdout !== ours.stdout) return false;
  const words = (text: string): string =>
    firstLine(text)
      .replace(/(flate: corrupt input).*/, '$1')
      .replace(/(converting YAML to JSON: yaml: ).*/, '$1')
      // Helm keeps to itself what is wrong with the archive.
      .replace(/(unable to load chart archive).*/, '$1')
      .replace(/(into Go value of type ).*/, '$1');
  return words(helm.stderr) === words(ours.stderr);
}

test(`refuses damaged and hostile archives as helm does (${Object.keys(archives).length} archives)`, async (t) => {
  const both = await CommandComparison.start({ files: archives });
  t.after(() => both.close());
  const names = Object.keys(archives);
  const differences = await both.run(names.map((name) => ({ words: ['template', 'x', name] })));
  const real = differences.filter((each) => !isSame(each));
  assert.equal(real.length, 0, JSON.stringify(real, undefined, 1));
});

test('refuses archives whose checksum is wrong, where helm stops reading before it', async (t) => {
  const damaged = Buffer.from(whole);
  damaged.fill(0, damaged.length - 8, damaged.length - 4);
  const both = await CommandComparison.start({ files: { 'checksum.tgz': damaged } });
  t.after(() => both.close());
  const { code, stderr } = await both.ours.ours(['template', 'x', 'checksum.tgz']);
  assert.deepEqual([code, stderr], [1, 'Error: unable to load chart archive: gzip: invalid checksum\n']);
});

test('refuses links and devices in archives, which helm takes for empty files', async (t) => {
  const both = await CommandComparison.start({ files: refusedByOurs });
  t.after(() => both.close());
  for (const name of Object.keys(refusedByOurs)) {
    const { code, stderr } = await both.ours.ours(['template', 'x', name]);
    assert.equal(code, 1);
    assert.match(stderr, /^Error: unable to load chart archive: chart illegally contains a link or a device/, name);
  }
});

const directories: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  stars: { 'Chart.yaml': META, '.helmignore': 'a/**\n' },
  pattern: { 'Chart.yaml': META, '.helmignore': '[\n' },
  list: { 'Chart.yaml': '- a\n' },
  keywords: { 'Chart.yaml': `${META}keywords: {a: b}\n` },
  binary: { 'Chart.yaml': META, 'values.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]) },
  control: { 'Chart.yaml': META, 'values.yaml': 'a: "\u0000"\n' },
  'binary-file': {
    'Chart.yaml': META,
    'files/x': Buffer.from([0xff, 0xfe, 0]),
    'templates/a.yaml': 'a: {{ .Files.Get "files/x" | b64enc }}\n',
  },
  'large-file': { 'Chart.yaml': META, large: megabytes(6) },
  aliases: {
    'Chart.yaml': META,
    'values.yaml': `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array.from({ length: 9 }, () => `*a${n}`).join(', ')}]\n`).join('')}`,
  },
  circle: { 'Chart.yaml': META, 'values.yaml': 'a: &a [*a]\n' },
  'bad-dependency': { 'Chart.yaml': META, 'charts/a/Chart.yaml': 'name: [a]\n' },
  'hidden-dependency': { 'Chart.yaml': META, 'charts/_a/x': 'y', 'charts/.b': 'y', 'templates/a.yaml': 'a: 1\n' },
  'bad-version': { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0; rm -rf\n' },
  'quoted-name': {
    'Chart.yaml': 'apiVersion: v2\nname: "a\\tb"\nversion: 1.0.0\n',
    'templates/a.yaml': 'a: {{ .Chart.Name | quote }}\n',
  },
  ...Object.fromEntries(
    [
      'x',
      'a: [',
      'dependencies: x',
      'dependencies: [{name: [x]}]',
      'digest: [1]',
      'generated: nope',
      'generated: 2026-13-01T00:00:00Z',
      'generated: 2026-01-01T00:00:00Zx',
      'GENERATED: 2026-01-01T00:00:00',
    ].map((lock, index) => [`lock-${index}`, { 'Chart.yaml': META, 'Chart.lock': lock, 'templates/a.yaml': 'a: 1\n' }]),
  ),
  'old-lock': { 'Chart.yaml': META.replace('v2', 'v1'), 'requirements.lock': '[]' },
  'any-case': {
    'Chart.yaml':
      'APIVERSION: v2\nName: any\nVersion: 0.1.0\nversion: 1.0.0\nDescription: x\nDEPENDENCIES: [{Name: kid, Version: 0.x}]\n',
    'charts/kid/Chart.yaml': 'ApiVersion: v2\nNAME: kid\nverſion: 0.1.0\n',
    'charts/kid/templates/a.yaml': 'a: {{ .Chart.Name }} {{ .Chart.Version }}\n',
    'templates/a.yaml':
      'apiVersion: v1\nKind: Service\nMETADATA: {Name: s1}\n---\n' +
      'apiversion: v9\napiVersion: v1\nKIND: Secret\nkind: ConfigMap\n' +
      'Metadata: {annotations: {"helm.sh/hook": pre-install, "helm.sh/hook-weight": "7"}}\n' +
      'metadata: {name: x, Annotations: {"helm.sh/hook-weight": "5"}}\n---\n' +
      'apiVersion: v1\nkind: ConfigMap\nKind: null\nmetadata: {name: y, ANNOTATIONS: {"helm.sh/hook": pre-install}}\n---\n' +
      'apiVersion: v1\n\u212aind: Namespace\nmetadata: {name: kelvin}\n---\nKIND: PriorityClass\n',
    'templates/b.yaml': '{{ .Chart.Version }}: {{ .Chart.Description }}\n',
  },
  'any-case-wrong': { 'Chart.yaml': META, 'templates/a.yaml': 'METADATA: {Annotations: {x: [1]}}\n' },
  'any-case-chart': { 'Chart.yaml': `${META}KeyWords: {a: b}\n` },
  slash: { 'Chart.yaml': 'apiVersion: v2\nname: /etc/x\nversion: 1.0.0\n' },
};

test(`refuses damaged and hostile directories as helm does (${Object.keys(directories).length} directories)`, async (t) => {
  const files = Object.fromEntries(
    Object.entries(directories).flatMap(([name, each]) =>
      Object.entries(each).map(([file, content]) => [`${name}/${file}`, content] as const),
    ),
  );
  const both = await CommandComparison.start({ files });
  t.after(() => both.close());
  const differences = await both.run(Object.keys(directories).map((name) => ({ words: ['template', 'x', name] })));
  const real = differences.filter((each) => !isSame(each));
  assert.equal(real.length, 0, JSON.stringify(real, undefined, 1));
});

test('follows links of directories as helm does, and no further than they go', async (t) => {
  const both = await CommandComparison.start({
    files: {
      'web/Chart.yaml': META,
      'web/templates/a.yaml': 'a: 1\n',
      'other/b.yaml': 'b: 1\n',
      'app/Chart.yaml': `${META.replace('web', 'app')}dependencies: [{name: web, version: ">0", repository: "file://../web"}]\n`,
    },
  });
  t.after(() => both.close());
  for (const home of [both.helm, both.ours]) {
    await symlink('a.yaml', join(home.path, 'web/templates/link.yaml'));
    await symlink('../../other', join(home.path, 'web/templates/inner'));
  }
  const template = { words: ['template', 'x', 'web'] };
  assert.deepEqual(await both.run([template]), []);
  // A chart beside it is the user's own too; helm logs its links twice.
  for (const home of [both.helm, both.ours]) await home.write({ 'app/templates/empty.yaml': '' });
  await both.run([{ words: ['dependency', 'update', 'app'] }]);
  assert.deepEqual(await both.run([{ words: ['template', 'x', 'app'] }]), []);
  for (const home of [both.helm, both.ours]) await symlink('nowhere', join(home.path, 'web/broken'));
  assert.deepEqual(await both.run([template]), []);
  await rm(join(both.ours.path, 'web/broken'));
  await symlink('..', join(both.ours.path, 'web/templates/circle'));
  const { code, stderr } = await both.ours.ours(template.words);
  assert.equal(code, 1);
  assert.match(stderr, /the directory contains itself/);
});
