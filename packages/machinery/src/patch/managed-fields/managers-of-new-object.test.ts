import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentSchema } from '../workload-types.test.fixture.ts';
import { sharedManagersText } from './managers-of-new-object.ts';
import { type TrackUpdateOptions, trackUpdate } from './track-update.ts';

const now = '2026-01-01T00:00:01Z';

/** managedFields of a new Deployment with these labels. */
function managersOf(labels: Record<string, string>, options: Partial<TrackUpdateOptions> = {}) {
  return trackUpdate({
    live: undefined,
    updated: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels } },
    schema: deploymentSchema,
    manager: 'alice',
    apiVersion: 'apps/v1',
    now,
    ...options,
  });
}

test('objects that one manager makes within a second share their managers, which nobody can change then', () => {
  const first = managersOf({ app: 'a' });
  assert.equal(sharedManagersText(first), undefined);
  const second = managersOf({ app: 'b' });
  assert.equal(second, first);
  assert.equal(sharedManagersText(second), JSON.stringify(second));
  assert.throws(() => second.push({}), TypeError);
  assert.throws(() => Object.assign(second[0] ?? {}, { manager: 'bob' }), TypeError);
  assert.equal(managersOf({ app: 'c' }), first);
});

test('nobody gets the managers of somebody else', () => {
  const shared = [managersOf({ app: 'a' }), managersOf({ app: 'a' })][1];
  const cases: [Partial<TrackUpdateOptions>, string, unknown][] = [
    [{ now: '2026-01-01T00:00:02Z' }, 'time', '2026-01-01T00:00:02Z'],
    [{ manager: 'bob' }, 'manager', 'bob'],
    [{ manager: '' }, 'manager', 'unknown'],
    [{ apiVersion: 'apps/v2' }, 'apiVersion', 'apps/v2'],
    [{ subresource: 'scale' }, 'subresource', 'scale'],
  ];
  for (const [options, member, value] of cases) {
    const [entry, ...others] = managersOf({ app: 'a' }, options);
    assert.deepEqual(others, []);
    assert.deepEqual(entry, { ...shared?.[0], [member]: value });
    assert.deepEqual(managersOf({ app: 'a' }), shared);
  }
  const [other] = managersOf({ tier: 'a' });
  assert.deepEqual(other?.fieldsV1, { 'f:metadata': { 'f:labels': { '.': {}, 'f:tier': {} } } });
});
