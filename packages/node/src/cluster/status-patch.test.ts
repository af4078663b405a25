import assert from 'node:assert/strict';
import { it } from 'node:test';
import { statusPatch } from './status-patch.ts';

it('names what is gone, and leaves alone what others set', () => {
  const before = {
    phase: 'Pending',
    reason: 'Waiting',
    nominatedNodeName: 'n',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'm' },
      { type: 'example.com/gate', status: 'True', reason: 'Passed' },
    ],
  };
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  assert.deepEqual(statusPatch(before, status), {
    reason: null,
    phase: 'Running',
    conditions: [{ reason: null, message: null, type: 'Ready', status: 'True' }],
  });
  assert.deepEqual(statusPatch({}, status), status);
});
