import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectByAddress, detectByPage } from './detect.ts';

test('tells version control by the address', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    'https://github.com/some/plugin': 'git',
    'https://github.com/some/plugin/tree/x': 'git',
    'https://github.com/some': undefined,
    'https://gitlab.com/some/plugin': 'git',
    'https://bitbucket.org/some/plugin': 'git',
    'https://launchpad.net/plugin': 'bzr',
    'https://git.launchpad.net/plugin': 'git',
    'https://example.org/some/plugin.git': 'git',
    'https://example.org:8443/some/plugin.hg': 'hg',
    'http://user@example.org/some/plugin.svn/trunk': 'svn',
    'https://example.org/some/plugin': undefined,
    'git://example.org/plugin': 'git',
    'git+ssh://me@example.org/plugin': 'git',
    'svn+ssh://example.org/plugin': 'svn',
    'bzr://example.org/plugin': 'bzr',
    'ssh://git@example.org/plugin': 'git',
    'ssh://me@example.org/plugin': undefined,
    'git@example.org:some/plugin': 'git',
    plugin: undefined,
    './plugin.git': undefined,
    'ftp://example.org/plugin.git': undefined,
  };
  for (const [source, kind] of Object.entries(cases)) {
    assert.deepEqual(detectByAddress(source), kind === undefined ? undefined : { kind, remote: source }, source);
  }
});

test('tells version control by what a host says to go get', () => {
  const page = (content: string): string => `<html><head><meta name="go-import" content="${content}"></head></html>`;
  assert.deepEqual(detectByPage(page('example.org/plugin hg https://hg.example.org/plugin')), {
    kind: 'hg',
    remote: 'https://hg.example.org/plugin',
  });
  assert.equal(detectByPage(page('example.org/plugin fossil https://x')), undefined);
  assert.equal(detectByPage('nothing'), undefined);
});
