/** Records of the real helm are read, and written again to the same bytes of JSON; what is damaged is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { GoMap } from '../go/value.ts';
import { HELM_RECORD } from './helm-record.test.fixture.ts';
import { jsonToGo } from './json-values.ts';
import { MemberError } from './read-members.ts';
import { decodeRecord, encodeRecord, unpackText } from './record-encoding.ts';
import { releaseText } from './release-json.ts';

test('a record of helm becomes a release', () => {
  const release = decodeRecord(HELM_RECORD);
  assert.equal(release.name, 'r1');
  assert.equal(release.revision, 1);
  assert.equal(release.applyMethod, 'ssa');
  assert.equal(release.info.status, 'deployed');
  assert.equal(release.info.lastDeployed, '2026-11-22T02:16:35.013772802Z');
  assert.equal(release.chart?.metadata.description, 'a <b> & c');
  assert.equal(release.chart?.values.get('s'), '<&>é');
  assert.deepEqual(
    release.chart?.templates.map(({ name }) => name),
    ['templates/NOTES.txt', 'templates/cm.yaml', 'templates/hook.yaml'],
  );
  assert.deepEqual(release.hooks[0]?.events, ['pre-install', 'pre-upgrade']);
  assert.equal(release.hooks[0]?.weight, -1);
  assert.equal(release.hooks[0]?.lastRun.phase, 'Succeeded');
});

test('what was read is written as helm wrote it', () => {
  assert.equal(releaseText(decodeRecord(HELM_RECORD)), unpackText(HELM_RECORD));
  assert.deepEqual(decodeRecord(encodeRecord(decodeRecord(HELM_RECORD))), decodeRecord(HELM_RECORD));
});

test('whatever texts, values and files a release has, they come back', () => {
  const text = fc.string({ unit: 'grapheme' });
  const value = fc.jsonValue({ maxDepth: 3 }).map(jsonToGo);
  const config = fc.dictionary(text, value, { maxKeys: 4 }).map((entries) => new GoMap(Object.entries(entries)));
  fc.assert(
    fc.property(text, text, config, fc.uint8Array(), (manifest, notes, values, data) => {
      const sample = decodeRecord(HELM_RECORD);
      assert.ok(sample.chart);
      const chart = { ...sample.chart, values, files: [{ name: 'a', data: new Uint8Array(data) }] };
      const release = { ...sample, manifest, info: { ...sample.info, notes }, config: values, chart };
      const back = decodeRecord(encodeRecord(release));
      assert.equal(releaseText(back), releaseText(release));
      assert.deepEqual([back.manifest, back.info.notes, back.chart?.files], [manifest, notes, chart.files]);
    }),
  );
});

test('records without compression, with little in them or with unknown members are read', () => {
  const plain = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');
  const release = decodeRecord(plain({ name: 'a', info: { status: 'deployed', more: 1 }, unknown: [] }));
  assert.equal(release.info.status, 'deployed');
  assert.equal(release.chart, undefined);
  assert.equal(release.info.lastDeployed, '');
  assert.equal(
    decodeRecord(plain({ name: 'a', info: { first_deployed: '0001-01-01T00:00:00Z' } })).info.firstDeployed,
    '',
  );
  assert.equal(decodeRecord(plain({ name: 'a', info: null, hooks: null, chart: null })).hooks.length, 0);
});

test('a damaged record says what is wrong with it', () => {
  const packed = (text: string): string => gzipSync(text).toString('base64');
  const cases: [encoded: string, problem: RegExp][] = [
    ['', /record is empty/],
    ['§', /not base64/],
    [HELM_RECORD.slice(0, 200), /can't be unpacked/],
    [packed('{"name":'), /not JSON/],
    [packed('[]'), /name is missing|instead of an object/],
    [packed('{}'), /name is missing/],
    [packed('{"name":"a","version":"1"}'), /version is a value of type string instead of an integer/],
    [packed('{"name":"a","hooks":[{"weight":1.5}]}'), /hooks\[0\]\.weight/],
    [packed('{"name":"a","chart":{"metadata":{"keywords":[1]}}}'), /chart\.metadata\.keywords\[0\]/],
  ];
  for (const [encoded, problem] of cases) {
    assert.throws(() => decodeRecord(encoded), { name: MemberError.name, message: problem }, encoded);
  }
});
