import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Progress } from '../decide/observation.ts';
import { progressOf, statusOf } from './progress-of-status.ts';
import type { RecordedDetails } from './recorded.ts';

const release = { name: 'web', namespace: 'apps' };

function recorded(revision: number, tests: RecordedDetails['tests']): RecordedDetails {
  return {
    revision,
    status: 'deployed',
    chartName: 'web',
    chartVersion: '1.0.0',
    appVersion: '7',
    configDigest: 'c',
    digest: `d${revision}`,
    description: '',
    firstDeployed: '2026-01-01T00:00:00Z',
    lastDeployed: '',
    deleted: '',
    tests,
  };
}

const ran = fc.record({
  name: fc.constantFrom('a', 'b'),
  phase: fc.constantFrom('', 'Running', 'Failed', 'Succeeded'),
  started: fc.constantFrom('', '2026-01-01T00:00:00Z'),
  completed: fc.constant(''),
});

/** A Pod and a Job of one name. */
const sameName = (['', 'Succeeded'] as const).map((phase) => {
  return { name: 'a', phase, started: '2026-01-01T00:00:00Z', completed: '' } as const;
});

const progresses = fc.record({
  action: fc.constantFrom('install', 'upgrade', 'rollback', 'adopt'),
  tests: fc.constantFrom('none', 'succeeded', 'failed'),
  attempted: fc.constantFrom('install', 'upgrade', undefined),
  failures: fc.nat({ max: 5 }),
  isMade: fc.boolean(),
});

test('what the controller knows survives in the status', () => {
  fc.assert(
    fc.property(progresses, fc.array(ran, { maxLength: 2 }), (chosen, tests) => {
      // Tests that succeeded have told so in the record.
      const told = chosen.tests === 'succeeded' ? tests.map((each) => ({ ...each, phase: 'Succeeded' })) : tests;
      const inputs = { chartName: '', chartVersion: '1', chartDigest: 'x', configDigest: 'y', postRenderersDigest: '' };
      const made = { revision: 2, digest: 'd2', action: chosen.action, tests: chosen.tests } as const;
      const progress: Progress = {
        made: chosen.isMade ? (made as Progress['made']) : undefined,
        attempted: chosen.attempted === undefined ? undefined : { inputs, action: chosen.attempted as 'install' },
        failures: chosen.failures,
        untrusted: chosen.isMade && chosen.tests === 'failed' ? [2] : [],
      };
      const status = statusOf(progress, [recorded(2, told), recorded(1, [])], undefined, release);
      assert.deepEqual(progressOf(JSON.parse(JSON.stringify(status))), progress);
      const again = statusOf(progressOf(status), [recorded(2, told), recorded(1, [])], status, release);
      assert.deepEqual(again, status, 'and is written the same again');
    }),
    { examples: [[{ action: 'install', tests: 'failed', attempted: undefined, failures: 0, isMade: true }, sameName]] },
  );
});

test('revisions whose tests failed are remembered when others come after them', () => {
  const failed = [{ name: 'a', phase: 'Failed', started: '2026-01-01T00:00:00Z', completed: '' }];
  const made = { revision: 2, digest: 'd2', action: 'upgrade', tests: 'failed' } as const;
  const first: Progress = { made, attempted: undefined, failures: 1, untrusted: [2] };
  const before = statusOf(first, [recorded(2, failed), recorded(1, [])], undefined, release);
  const next: Progress = { ...first, made: { revision: 3, digest: 'd3', action: 'rollback', tests: 'none' } };
  const after = statusOf(next, [recorded(3, []), recorded(2, failed), recorded(1, [])], before, release);
  assert.deepEqual(progressOf(after), next);
});

test('an object without a status knows nothing', () => {
  assert.deepEqual(progressOf(undefined), { made: undefined, attempted: undefined, failures: 0, untrusted: [] });
});
