import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseObject, ReleaseStatus } from './release-object.ts';
import { requestsOf } from './requests.ts';

function asked(annotations: Readonly<Record<string, string>>, status: ReleaseStatus = {}) {
  const metadata = { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '1', creationTimestamp: '', annotations };
  const object: ReleaseObject = { apiVersion: 'x/v1', kind: 'X', metadata, status };
  const { handled, ...requests } = requestsOf(object);
  return { requests, handled };
}

test('a request counts once; force and reset only beside a request of the same value', () => {
  const flux = 'reconcile.fluxcd.io';
  const nothing = { reconcile: false, force: false, reset: false };
  assert.deepEqual(asked({}).requests, nothing);
  assert.deepEqual(asked({ [`${flux}/requestedAt`]: '1' }).requests, { ...nothing, reconcile: true });
  assert.deepEqual(asked({ [`${flux}/requestedAt`]: '1' }, { lastHandledReconcileAt: '1' }).requests, nothing);
  assert.deepEqual(asked({ [`${flux}/forceAt`]: '1' }).requests, nothing);
  const both = { [`${flux}/requestedAt`]: '1', [`${flux}/forceAt`]: '1', 'helm.kindred.dev/resetAt': '2' };
  assert.deepEqual(asked(both).requests, { reconcile: true, force: true, reset: false });
  const { handled } = asked(both);
  assert.deepEqual(handled, { lastHandledReconcileAt: '1', lastHandledForceAt: '1' });
  assert.deepEqual(asked(both, handled).requests, nothing);
  assert.deepEqual(asked({ 'helm.kindred.dev/requestedAt': '1' }).requests, { ...nothing, reconcile: true });
});
