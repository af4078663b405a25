import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseUpOptions } from './options.ts';

test('without flags everything is below the home directory, or where KINDRED_HOME says', () => {
  const home = join(homedir(), '.kindred');
  assert.deepEqual(parseUpOptions([], {}), {
    dataDirectory: home,
    securePort: 6443,
    kubeconfig: join(home, 'kubeconfig'),
    store: 'sqlite',
    runtime: 'auto',
    extensions: ['website'],
  });
  assert.equal(parseUpOptions([], { KINDRED_HOME: '/srv/k' }).kubeconfig, '/srv/k/kubeconfig');
});

test('flags are read in both spellings, paths from the working directory, extensions as a list', () => {
  const args = ['--data-dir=d', '--secure-port', '0', '--extensions', 'website, ./mine.js', '--store=memory'];
  const options = parseUpOptions(args, { KINDRED_HOME: '/srv/k' });
  assert.equal(options.dataDirectory, resolve('d'));
  assert.equal(options.securePort, 0);
  assert.deepEqual(options.extensions, ['website', './mine.js']);
  assert.equal(options.store, 'memory');
  assert.deepEqual(parseUpOptions(['--extensions', 'none'], {}).extensions, []);
});

test('what a flag does not take is named with what it takes', () => {
  const cases: [string[], RegExp][] = [
    [['--secure-port', ''], /--secure-port takes a number from 0 to 65535, not ""/],
    [['--secure-port', '0x10'], /not "0x10"/],
    [['--store', 'etcd://a'], /--store takes sqlite, memory, not "etcd:\/\/a"/],
    [['--data-dir'], /--data-dir/],
    [['--data-dir', ''], /--data-dir takes a directory/],
    [['--write-kubeconfig', ''], /--write-kubeconfig takes a file/],
    [['--extensions', ''], /--extensions takes names/],
    [['--extensions', 'website,none'], /--extensions takes names/],
    [['--no-such'], /--no-such/],
  ];
  for (const [args, message] of cases) {
    assert.throws(() => parseUpOptions(args, {}), { code: 'KND_USAGE', exitCode: 2, message }, args.join(' '));
  }
});
