import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from './challenge.ts';
import { matchVersion, versionsOfTags } from './chart-versions.ts';
import { parseReference, referenceText, tagOf, underscoreNote, versionOfTag } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test('reads references with tags, digests and ports', () => {
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    ['oci://example.org/charts/web', 'example.org', 'charts/web', '', ''],
    ['oci://example.org:5000/web:1.0.0', 'example.org:5000', 'web', '1.0.0', ''],
    ['localhost:5000/a/b_c/d-e:1.0.0+b', 'localhost:5000', 'a/b_c/d-e', '1.0.0_b', ''],
    [`[::1]:80/web@${digest}`, '[::1]:80', 'web', '', digest],
    [`example.org/web:1.0.0@${digest}`, 'example.org', 'web', '1.0.0', digest],
  ];
  for (const [text, registry, repository, tag, wanted] of cases) {
    const reference = parseReference(text);
    assert.deepEqual(reference, { registry, repository, tag, digest: wanted });
    assert.deepEqual(parseReference(referenceText(reference)), { ...reference, tag: wanted === '' ? tag : '' });
  }
});

test('refuses references that are none', () => {
  for (const text of [
    'example.org',
    'oci://',
    'example.org/UPPER',
    'example.org/../x',
    'example.org/a//b',
    'example.org/web:a b',
    'example.org/web:',
    'example.org/web@sha256:1',
    'example.org/web@',
    'exa mple/web',
    'user@example.org/web',
    'example.org/web?x=y',
  ]) {
    assert.throws(() => parseReference(text), /^ChartError: invalid reference/, text);
  }
});

test('writes the plus of versions as an underscore', () => {
  assert.equal(versionOfTag(tagOf('1.0.0-rc.1+build.7')), '1.0.0-rc.1+build.7');
  assert.equal(underscoreNote('x/y:1.0.0'), '');
});

test('finds versions among tags', () => {
  const versions = versionsOfTags([
    'latest',
    '1.0.0',
    'v1.5.0',
    '1.10.0',
    '1.9.0',
    '2.0.0-rc.1',
    '1.9',
    '1.0.0_b',
    'sha256-x.sig',
  ]);
  assert.deepEqual(versions, ['2.0.0-rc.1', '1.10.0', '1.9.0', '1.0.0', '1.0.0+b']);
  assert.equal(matchVersion(versions, ''), '1.10.0');
  assert.equal(matchVersion(versions, '~1.9'), '1.9.0');
  assert.equal(matchVersion(versions, '>0.0.0-0'), '2.0.0-rc.1');
  assert.equal(matchVersion(versions, '1.0.0+b'), '1.0.0+b');
  assert.throws(() => matchVersion(versions, '^3'), /could not locate a version matching provided version string \^3/);
  assert.throws(() => matchVersion(versions, 'nonsense'), /improper constraint: nonsense/);
});

test('reads what registries ask for', () => {
  assert.deepEqual(parseChallenge('Basic realm="x"'), { scheme: 'basic' });
  assert.deepEqual(parseChallenge('bearer realm="https://a/t?x=\\"y\\"",service=s, scope="repository:a:pull,push"'), {
    scheme: 'bearer',
    realm: 'https://a/t?x="y"',
    service: 's',
    scope: 'repository:a:pull,push',
  });
  for (const none of ['', 'Negotiate', 'Bearer service="x"']) assert.equal(parseChallenge(none), undefined);
});
