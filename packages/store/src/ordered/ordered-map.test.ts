import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareKeys, isPlain } from './compare-keys.ts';
import { OrderedMap } from './ordered-map.ts';

test('keys sort by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      assert.equal(Math.sign(compareKeys(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('a plain key compares with any other as JavaScript compares them', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('\ud7ff', '\ud800\udc00', '\ue000'),
  );
  fc.assert(
    fc.property(text, text, text, (start, a, b) => {
      const [one, other] = [start + a, start + b];
      if (isPlain(one)) assert.equal(one < other, compareKeys(one, other) < 0);
      if (isPlain(other)) assert.equal(one < other, compareKeys(one, other) < 0);
    }),
  );
});

function nearlyInOrder([start, steps]: [number, number[]]): string[] {
  return steps.map((step, n) => `k${String(start + n + step).padStart(4, '0')}`);
}

test('an ordered map equals a sorted model, and snapshots do not change', () => {
  // Keys whose order as code points is not the one of their units are among them.
  const starts = ['k', 'k', 'k', '\u{1f600}', '\ue000', '\uffff'];
  const key = fc.integer({ min: 0, max: 2000 }).map((n) => `${starts[n % 6] ?? ''}${n}`);
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ set: fc.array(key, { minLength: 1, maxLength: 400 }) }) },
    // Nearly in order, as names that are counted up by many at a time.
    {
      weight: 4,
      arbitrary: fc.record({ set: fc.tuple(fc.nat(1500), fc.array(fc.nat(3), { maxLength: 300 })).map(nearlyInOrder) }),
    },
    { weight: 2, arbitrary: fc.record({ remove: fc.array(key, { maxLength: 300 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), key, key, (steps, from, to) => {
      const map = new OrderedMap<number>();
      const model = new Map<string, number>();
      const snapshots: { taken: [string, number][]; snapshot: ReturnType<typeof map.snapshot> }[] = [];
      let n = 0;
      // So many that there are several chunks.
      for (; n < 1400; n++) {
        const k = `k${String((n * 7) % 1999).padStart(4, '0')}`;
        map.set(k, n);
        model.set(k, n);
      }
      for (const change of steps) {
        if ('set' in change) {
          for (const k of change.set) {
            assert.equal(map.set(k, ++n), model.get(k));
            model.set(k, n);
          }
        } else {
          for (const k of change.remove) {
            assert.equal(map.delete(k), model.get(k));
            model.delete(k);
          }
        }
        const taken = [...model].sort(([a], [b]) => compareKeys(a, b));
        snapshots.push({ taken, snapshot: map.snapshot() });
      }
      for (const { taken, snapshot } of snapshots) {
        assert.deepEqual([...snapshot.entries()], taken);
        const within = taken.filter(([k]) => compareKeys(k, from) >= 0 && compareKeys(k, to) < 0);
        assert.deepEqual([...snapshot.entries(from, to)], within);
        assert.equal(snapshot.count(from, to), within.length);
        assert.equal(snapshot.size, taken.length);
      }
    }),
    { numRuns: 40 },
  );
});
