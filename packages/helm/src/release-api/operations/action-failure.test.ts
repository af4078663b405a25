import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbidden } from '@kindred/machinery';
import { ReleaseError, releaseNotFound } from '../../release/release-error.ts';
import { actionFailure } from './action-failure.ts';

test('failures of actions are answers that say whose fault it is', () => {
  const refusal = forbidden({ group: '', resource: 'secrets' }, '', 'User "jo" cannot create resource "secrets"');
  const wrapped = new ReleaseError('Failed', `create: failed to create: ${refusal.message}`, { cause: refusal });
  const cases: [unknown, number, string][] = [
    [releaseNotFound(), 404, 'releases.releases.helm.kindred.dev "web" not found'],
    [
      new ReleaseError('InProgress', 'another operation (install/upgrade/rollback) is in progress'),
      409,
      'Operation cannot be fulfilled on releases.releases.helm.kindred.dev "web": another operation (install/upgrade/rollback) is in progress',
    ],
    [
      wrapped,
      403,
      'releases.releases.helm.kindred.dev "web" is forbidden: create: failed to create: secrets is forbidden: User "jo" cannot create resource "secrets"',
    ],
    [new ReleaseError('Invalid', 'no'), 400, 'no'],
    [new ReleaseError('Failed', 'timed out'), 500, 'Internal error occurred: timed out'],
    [refusal, 403, `releases.releases.helm.kindred.dev "web" is forbidden: ${refusal.message}`],
  ];
  for (const [error, code, message] of cases) {
    const { status } = actionFailure('web', error);
    assert.deepEqual([status.code, status.message], [code, message]);
  }
});
