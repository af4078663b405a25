import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

type SettleExports = (scripts: ReadonlyMap<string, string>) => Map<string, string>;

const script = new URL('../../../../scripts/settle-exports.mjs', import.meta.url);
// The build's own scripts have no types.
const { settleExports } = (await import(script.href)) as { settleExports: SettleExports };

/** A script as esbuild writes it of a module. */
function bundled(exports: Readonly<Record<string, string>>, body: string): string {
  const helpers =
    '"use strict";var __defProp=Object.defineProperty;' +
    'var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},' +
    '__toCommonJS=mod=>mod;';
  const list = Object.entries(exports).map(([name, local]) => `${name}:()=>${local}`);
  const head = `var here_exports={};__export(here_exports,{${list.join(',')}});module.exports=__toCommonJS(here_exports);`;
  return `${helpers}${head}${body}\n//# sourceMappingURL=here.cjs.map\n`;
}

const base = bundled(
  { fixed: 'fixed', Kind: 'Kind', make: 'make', count: 'count', later: 'later', first: 'first', set: 'set' },
  'const fixed=1;class Kind{}function make(){return new Kind}let count=1;var first,later;first=7;' +
    'function set(value){count=value,later=value}',
);
const user = bundled(
  { fixed: 'import_base.fixed', later: 'import_base.later', own: '$own' },
  'var import_base=require("./base.js");const $own=import_base.fixed+1;',
);

test('exports that never change are values, those that may are looked up at each use', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-settle-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const settled = settleExports(new Map(Object.entries({ base, user })));
  for (const [name, text] of settled) await writeFile(join(directory, `${name}.js`), text);
  const load = createRequire(join(directory, 'test.js'));
  // Written above.
  const made = load('./base.js') as Record<string, unknown> & { set(value: number): void };
  const using = load('./user.js') as Record<string, unknown>;
  const isValue = (name: string): boolean => 'value' in (Object.getOwnPropertyDescriptor(made, name) ?? {});
  assert.deepEqual(['fixed', 'Kind', 'make', 'set'].map(isValue), [true, true, true, true]);
  assert.deepEqual(['count', 'later', 'first'].map(isValue), [false, false, false]);
  assert.deepEqual([made['count'], made['later'], made['first']], [1, undefined, 7]);
  made.set(5);
  assert.deepEqual([made['count'], made['later'], using['later'], using['fixed'], using['own']], [5, 5, 5, 1, 2]);
});

test('what the script does stays where it was, as its source map says', () => {
  const text = settleExports(new Map([['base', base]])).get('base') ?? '';
  assert.equal(text.indexOf('const fixed=1;'), base.indexOf('const fixed=1;'));
  assert.ok(text.endsWith('//# sourceMappingURL=here.cjs.map\n'));
});

test('what esbuild was not expected to write fails the build', () => {
  const circle = (other: string): string => bundled({ a: 'a' }, `var x=require("./${other}.js");const a=1;`);
  const settle = (scripts: Record<string, string>) => () => settleExports(new Map(Object.entries(scripts)));
  assert.throws(settle({ one: circle('two'), two: circle('one') }), /in a circle: one, two, one/);
  assert.throws(settle({ one: 'module.exports = 1;' }), /one doesn't export as expected/);
  assert.throws(settle({ one: bundled({ a: 'a' }, 'const a=1;').replace('a:()=>a', 'a:()=>(0,a)') }), /one exports a:/);
});
