import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Decodable, DecodedObjects } from './decoded-objects.ts';

/** An encoded object of about `size` bytes. */
function encoded(n: number, size = 0): Decodable {
  const object = { kind: 'Thing', apiVersion: 'v1', metadata: { name: `${n}` }, text: 'x'.repeat(size) };
  return { bytes: Buffer.from(JSON.stringify(object)), form: undefined };
}

function bytesAtHand(all: readonly Decodable[]): number {
  return all.filter(({ form }) => form !== undefined).reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

test('what is asked for is decoded once and kept until others need the space', () => {
  const objects = new DecodedObjects(encoded(0).bytes.byteLength * 3);
  const all = Array.from({ length: 4 }, (_, n) => encoded(n));
  const [first, second, third, fourth] = all as [Decodable, Decodable, Decodable, Decodable];
  const decoded = objects.get(first);
  objects.get(second);
  objects.get(third);
  assert.equal(objects.get(first), decoded);
  objects.get(fourth);
  assert.equal(all.filter((of) => objects.peek(of) !== undefined).length, 3);
  assert.ok(objects.peek(fourth));
});

test('one that is used again and again stays, whatever passes', () => {
  const objects = new DecodedObjects(encoded(0).bytes.byteLength * 2);
  const hot = encoded(1);
  const decoded = objects.get(hot);
  for (let n = 2; n < 9; n++) {
    objects.get(encoded(n));
    assert.equal(objects.get(hot), decoded);
  }
});

test('an object that is larger than the space is decoded all the same, and not kept', () => {
  const objects = new DecodedObjects(10);
  const large = encoded(1, 100);
  assert.equal(objects.get(large).metadata.name, '1');
  assert.equal(objects.peek(large), undefined);
});

test('what a write leaves is at hand for two turns, and longer only if it was asked for', () => {
  const turns: (() => void)[] = [];
  const objects = new DecodedObjects(1000, (run) => turns.push(run));
  const [asked, ignored, retired] = [encoded(1), encoded(2), encoded(3)];
  const written = JSON.parse(Buffer.from(asked.bytes).toString()) as ReturnType<typeof objects.get>;
  for (const of of [asked, ignored, retired]) objects.add(of, written);
  objects.delete(retired);
  assert.equal(objects.peek(retired), undefined);
  turns.shift()?.();
  assert.equal(objects.get(asked), written);
  assert.equal(objects.peek(ignored), written);
  turns.shift()?.();
  assert.equal(objects.peek(ignored), undefined);
  assert.equal(objects.peek(asked), written);
  assert.equal(turns.length, 0);
  objects.add(ignored, written);
  assert.equal(turns.length, 1);
});

test('whatever is asked for, written and deleted, it is the object, and no more is kept than allowed', () => {
  const step = fc.record({ what: fc.constantFrom('get', 'get', 'add', 'delete', 'turn'), n: fc.nat(150) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 800 }), fc.integer({ min: 0, max: 12_000 }), (steps, maxBytes) => {
      const turns: (() => void)[] = [];
      const objects = new DecodedObjects(maxBytes, (run) => turns.push(run));
      const all = Array.from({ length: 151 }, (_, n) => encoded(n, (n * 37) % 200));
      for (const { what, n } of steps) {
        const of = all[n];
        assert.ok(of);
        const plain = JSON.parse(Buffer.from(of.bytes).toString()) as ReturnType<typeof objects.get>;
        if (what === 'get') assert.deepEqual(objects.get(of), plain);
        else if (what === 'add') objects.add(of, plain);
        else if (what === 'delete') objects.delete(of);
        else turns.shift()?.();
        if (what === 'delete') assert.equal(objects.peek(of), undefined);
      }
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
      assert.ok(bytesAtHand(all) <= maxBytes);
      for (const of of all) {
        const object = objects.peek(of);
        if (object !== undefined) assert.equal(object.metadata.name, `${all.indexOf(of)}`);
      }
    }),
    { numRuns: 50 },
  );
});

test('objects that come and go leave nothing behind', () => {
  const objects = new DecodedObjects(1_000_000);
  const stays = encoded(0);
  const decoded = objects.get(stays);
  for (let n = 1; n < 5000; n++) {
    const of = encoded(n);
    objects.get(of);
    objects.delete(of);
  }
  assert.equal(objects.peek(stays), decoded);
  objects.delete(stays);
  assert.equal(objects.peek(stays), undefined);
});
