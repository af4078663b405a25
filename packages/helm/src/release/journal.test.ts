import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOURNAL_ANNOTATION, type Journal, readJournal, withJournal, withoutJournal } from './journal.ts';
import { sampleRelease } from './release-driver-contract.test.fixture.ts';

const journal: Journal = {
  kind: 'upgrade',
  bases: [2, 1],
  settings: {
    serverSide: true,
    forceConflicts: false,
    forceReplace: false,
    upgradeFieldManager: false,
    strict: true,
    takeOwnership: false,
    wait: 'watcher',
    waitForJobs: false,
    timeoutMilliseconds: 5000,
    noHooks: false,
    rollbackOnFailure: false,
    cleanupOnFail: false,
    description: '',
  },
  done: ['hook pre-upgrade 0'],
};

test('a journal is read as it was written, and can be taken off', () => {
  const release = { ...sampleRelease('web', 3), annotations: { 'example.com/other': 'x' } };
  const noted = withJournal(release, journal);
  assert.deepEqual(readJournal(noted), journal);
  assert.deepEqual(withoutJournal(noted), release);
  assert.equal(withoutJournal(withJournal(sampleRelease('web', 3), journal)).annotations, undefined);
});

test('what is no journal counts as none', () => {
  for (const text of [
    '',
    '{',
    '[]',
    '{"kind":"upgrade"}',
    JSON.stringify({ ...journal, kind: 'other' }),
    JSON.stringify({ ...journal, bases: ['1'] }),
  ]) {
    const annotations = { [JOURNAL_ANNOTATION]: text };
    assert.equal(readJournal({ ...sampleRelease('web', 1), annotations }), undefined, text);
  }
});
