import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { nodeProviders } from '../node/providers.ts';
import { installName, type NameOptions } from './install-name.ts';

const nameOf = (options: Partial<NameOptions>): string =>
  installName({ name: '', chart: './charts/web', ...options }, new ManualClock(1_700_000_000_999), nodeProviders());

test('names of new releases', () => {
  assert.equal(nameOf({ name: 'web' }), 'web');
  assert.equal(nameOf({ generateName: true }), 'web-1700000000');
  assert.equal(nameOf({ generateName: true, chart: 'repo/web-1.2.3.tgz' }), 'web-1-1700000000');
  assert.equal(nameOf({ generateName: true, chart: '.' }), 'chart-1700000000');
  assert.equal(nameOf({ nameTemplate: 'a-{{ "B" | lower }}' }), 'a-b');
});

test('what contradicts itself is refused', () => {
  assert.throws(() => nameOf({}), { message: 'must either provide a name or specify --generate-name' });
  assert.throws(() => nameOf({ name: 'a', generateName: true }), {
    message: 'cannot set --generate-name and also specify a name',
  });
  assert.throws(() => nameOf({ name: 'a', nameTemplate: 'b' }), {
    message: 'cannot set --name-template and also specify a name',
  });
});
