/** Whatever happens to records, a watch tells of each release what those who list it again would see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordMetadata } from './record-metadata.ts';
import { ReleaseTracker } from './release-tracker.ts';

const record = (name: string, revision: number, namespace = 'default'): RecordMetadata => ({
  namespace,
  name,
  revision,
  secret: `sh.helm.release.v1.${name}.v${revision}`,
  labels: {},
});

test('an install, an upgrade, an older record, an uninstall', () => {
  const tracker = new ReleaseTracker();
  assert.deepEqual(tracker.changed(record('web', 1)), { type: 'ADDED' });
  assert.deepEqual(tracker.changed(record('web', 1, 'other')), { type: 'ADDED' });
  assert.deepEqual(tracker.changed(record('web', 1)), { type: 'MODIFIED' });
  assert.deepEqual(tracker.changed(record('web', 2)), { type: 'MODIFIED' });
  assert.deepEqual(tracker.changed(record('web', 1)), { type: 'NONE' });
  assert.deepEqual(tracker.deleted(record('web', 1)), { type: 'NONE' });
  assert.deepEqual(tracker.deleted(record('web', 2)), { type: 'DELETED' });
  assert.deepEqual(tracker.deleted(record('web', 2)), { type: 'NONE' });
  assert.deepEqual(tracker.changed(record('web', 1)), { type: 'ADDED' });
});

test('when the newest record goes, the one before it stands for the release', () => {
  const tracker = new ReleaseTracker([record('web', 3), record('web', 1), record('web', 2)]);
  assert.deepEqual(tracker.deleted(record('web', 3)), { type: 'FALLBACK', revision: 2 });
});

test('what is told adds up to what there is', () => {
  const step = fc.record({
    isDeleted: fc.boolean(),
    record: fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 4 })).map(([name, n]) => record(name, n)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const tracker = new ReleaseTracker();
      const there = new Map<string, Set<number>>();
      const shown = new Map<string, number>();
      for (const { isDeleted, record: each } of steps) {
        const { name, revision } = each;
        const revisions = there.get(name) ?? new Set();
        there.set(name, revisions);
        if (isDeleted) revisions.delete(revision);
        else revisions.add(revision);
        const change = isDeleted ? tracker.deleted(each) : tracker.changed(each);
        if (change.type === 'ADDED') assert.ok(!shown.has(name));
        if (change.type === 'MODIFIED') assert.ok(shown.has(name));
        if (change.type === 'ADDED' || change.type === 'MODIFIED') shown.set(name, revision);
        if (change.type === 'FALLBACK') shown.set(name, change.revision);
        if (change.type === 'DELETED') assert.ok(shown.delete(name));
        assert.equal(shown.get(name), revisions.size === 0 ? undefined : Math.max(...revisions));
      }
    }),
  );
});
