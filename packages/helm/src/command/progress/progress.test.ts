import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionEvent } from '../../actions/action-event.ts';
import type { ProgressEvent } from '../../resources/progress.ts';
import { flagValues } from '../flags/flag-values.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { type TestHost, testHost } from '../test-host.test.fixture.ts';
import { progressFlag, startProgress } from './progress.ts';

const resource = {
  kind: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', scope: 'Namespaced' } as const,
  name: 'web',
  namespace: 'ns',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { password: 'hidden' } },
  source: '',
};
const about = (progress: ProgressEvent): ActionEvent => ({ type: 'resource', progress });
const waiting = about({ type: 'waiting', resource, status: 'InProgress', reason: '0/1' });

function start(host: TestHost, ...words: string[]) {
  const flags = flagValues([progressFlag], parseFlags([progressFlag], words).given);
  return startProgress(host, flags);
}

test('plain: lines once it takes longer than a second, with what happened before', () => {
  const host = testHost();
  const progress = start(host);
  progress.report({ type: 'phase', phase: 'apply', detail: '2 objects' });
  host.clock.advance(900);
  progress.report(waiting);
  assert.deepEqual(host.said.errors, []);
  host.clock.advance(600);
  progress.report(about({ type: 'log', resource, pod: 'p', container: 'c', lines: ['one', 'two'] }));
  progress.close();
  assert.equal(
    host.said.errors.join(''),
    '[   0.0s] apply 2 objects\n[   0.9s] waiting for ConfigMap/ns/web: InProgress: 0/1\n[   1.5s]   p/c: one\n[   1.5s]   p/c: two\n',
  );
  assert.deepEqual(host.said.output, []);
});

test('plain: what is done within a second says nothing', () => {
  const host = testHost();
  const progress = start(host);
  progress.report(waiting);
  progress.close();
  host.clock.advance(5000);
  assert.deepEqual(host.said.errors, []);
});

test('plain: what fails within a second is told at once, with what came before', () => {
  const host = testHost();
  const progress = start(host);
  progress.report(waiting);
  progress.report(about({ type: 'failed', resource, reason: 'no good' }));
  assert.deepEqual(host.said.errors, [], 'the error of the command says as much');
  progress.report(about({ type: 'log', resource, pod: 'p', container: 'c', lines: ['why'] }));
  progress.close();
  host.clock.advance(5000);
  assert.equal(
    host.said.errors.join(''),
    '[   0.0s] waiting for ConfigMap/ns/web: InProgress: 0/1\n[   0.0s] failed ConfigMap/ns/web: no good\n[   0.0s]   p/c: why\n',
  );
});

test('json: one object a line from the start, without the contents of objects', () => {
  const host = testHost();
  start(host, '--progress=json').report(waiting);
  const [line = ''] = host.said.errors;
  assert.deepEqual(JSON.parse(line), {
    time: '1970-01-01T00:00:00.000Z',
    type: 'waiting',
    status: 'InProgress',
    reason: '0/1',
    resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'ns', name: 'web' },
  });
});

test('none, and what is no mode', () => {
  const host = testHost();
  start(host, '--progress', 'none').report(waiting);
  assert.deepEqual(host.said.errors, []);
  assert.throws(() => start(host, '--progress=fast'), { message: /^invalid argument "fast" for "--progress" flag/ });
});
