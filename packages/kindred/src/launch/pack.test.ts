import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lazyModule } from './lazy-module.ts';
import { openPack, type Pack } from './pack.ts';

const require = createRequire(import.meta.url);
const TEXTS: Readonly<Record<string, string>> = {
  one: 'module.exports = { name: "one", other: () => require("./two.js").name };\n//# sourceMappingURL=one.cjs.map',
  two: 'module.exports = { name: "two" };',
};

function run(pack: Pack, name: string): { name?: string } {
  const module: { exports: { name?: string } } = { exports: {} };
  pack.program(name)(require, module.exports, module, import.meta);
  return module.exports;
}

test('keeps the parts that starts have needed, then what they have compiled, then nothing more', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-pack-'));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, 'program.pack');
  const starts = [];
  for (const parts of [['one'], ['one'], ['one'], ['one', 'two'], ['two', 'one'], ['two']]) {
    const read: string[] = [];
    const pack = openPack(file, (name) => {
      read.push(name);
      return TEXTS[name] ?? '';
    });
    for (const part of parts) assert.equal(run(pack, part).name, part);
    const before = await stat(file).catch(() => undefined);
    pack.save();
    starts.push([read, before?.ino !== (await stat(file)).ino]);
  }
  assert.deepEqual(starts, [
    [['one'], true],
    [[], true],
    [[], false],
    [['two'], true],
    [[], true],
    [[], false],
  ]);
  assert.deepEqual(await readdir(directory), ['program.pack']);
});

test('goes on where nothing can be written', () => {
  const pack = openPack('/dev/null/program.pack', (name) => TEXTS[name] ?? '');
  assert.equal(run(pack, 'two').name, 'two');
  pack.save();
});

test("loads Node's modules when something of them is used", () => {
  const loaded: string[] = [];
  const load = (name: string): object => {
    loaded.push(name);
    return require(name) as object;
  };
  const crypto = lazyModule('node:crypto', load) as typeof import('node:crypto');
  assert.deepEqual(loaded, []);
  assert.equal(crypto.createHash('md5').update('').digest('hex'), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.ok('randomBytes' in crypto && Object.keys(crypto).includes('webcrypto'));
  assert.deepEqual(loaded, ['node:crypto']);
  assert.equal(lazyModule('node:path', load), require('node:path'));
});
