import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitMemory } from './limit-memory.ts';
import { webAssembly } from './web-assembly.ts';

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A module with one memory, which it exports as `m`. @param limits as in its binary form */
const module = (...limits: readonly number[]): Uint8Array =>
  Uint8Array.from([...HEAD, 5, limits.length + 1, 1, ...limits, 7, 5, 1, 1, 0x6d, 2, 0]);

async function growsTo(bytes: Uint8Array): Promise<number> {
  const { exports } = await webAssembly.instantiate(await webAssembly.compile(bytes), {});
  const memory = exports['m'];
  assert.ok(memory instanceof webAssembly.Memory && 'grow' in memory && typeof memory.grow === 'function');
  try {
    for (;;) memory.grow(1);
  } catch {
    return memory.buffer.byteLength / 65_536;
  }
}

test('memories get a limit, or keep a lower one', async () => {
  assert.equal(await growsTo(limitMemory(module(0, 1), 3)), 3);
  assert.equal(await growsTo(limitMemory(module(1, 1, 2), 3)), 2);
  assert.equal(await growsTo(limitMemory(module(1, 1, 0x80, 0x02), 200)), 200);
  assert.equal(await growsTo(limitMemory(module(0, 3), 3)), 3);
});

test('what needs more, or is no module, is refused', () => {
  assert.throws(() => limitMemory(module(0, 4), 3), {
    message: 'section memory: min 4 pages (256 Ki) over limit of 3 pages (192 Ki)',
  });
  assert.throws(() => limitMemory(module(0, 4).subarray(0, 12), 8), { message: 'the module is cut off' });
  assert.throws(() => limitMemory(Uint8Array.from([...HEAD, 5, 0xff, 0xff]), 8), { message: 'the module is cut off' });
});
