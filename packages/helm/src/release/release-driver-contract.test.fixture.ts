/** What every driver of releases promises: one suite, run for each of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELM_RECORD } from './helm-record.test.fixture.ts';
import { decodeRecord } from './record-encoding.ts';
import { type Release, withInfo } from './release.ts';
import type { ReleaseDriver } from './release-driver.ts';
import { isReleaseError } from './release-error.ts';

export function sampleRelease(name: string, revision: number, status: Release['info']['status'] = 'deployed'): Release {
  return withInfo({ ...decodeRecord(HELM_RECORD), name, revision, labels: { team: 'a' } }, { status });
}

export function driverContract(open: () => ReleaseDriver): void {
  const { name } = open();

  test(`${name}: what is created can be read and found`, async () => {
    const driver = open();
    const release = sampleRelease('web', 1);
    await driver.create(release);
    assert.deepEqual(unstamped(await driver.get('web', 1)), release);
    assert.deepEqual((await driver.query({ name: 'web' })).map(unstamped), [release]);
    assert.deepEqual(await driver.query({ name: 'web', status: 'failed' }), []);
    assert.deepEqual((await driver.query({ selector: 'team=a' })).length, 1);
    assert.deepEqual(await driver.query({ selector: 'team=b' }), []);
    await assert.rejects(driver.create(release), (error) => isReleaseError(error, 'AlreadyExists'));
  });

  test(`${name}: an update replaces the record, its status and its labels`, async () => {
    const driver = open();
    await driver.create(sampleRelease('web', 1));
    const changed = { ...sampleRelease('web', 1, 'superseded'), labels: { team: 'b' } };
    await driver.update(changed);
    assert.deepEqual(unstamped(await driver.get('web', 1)), changed);
    assert.equal((await driver.query({ name: 'web', status: 'deployed' })).length, 0);
    assert.equal((await driver.query({ selector: 'team=b' })).length, 1);
    await assert.rejects(driver.update(sampleRelease('web', 2)), (error) => isReleaseError(error, 'NotFound'));
  });

  test(`${name}: annotations are kept beside the record`, async () => {
    const driver = open();
    const noted = { ...sampleRelease('web', 1), annotations: { 'example.com/note': 'x' } };
    await driver.create(noted);
    assert.deepEqual((await driver.get('web', 1)).annotations, noted.annotations);
    await driver.update(sampleRelease('web', 1));
    assert.equal((await driver.get('web', 1)).annotations, undefined);
  });

  test(`${name}: what is deleted is gone`, async () => {
    const driver = open();
    await driver.create(sampleRelease('web', 1));
    await driver.create(sampleRelease('web', 2));
    await driver.delete('web', 1);
    await assert.rejects(driver.get('web', 1), { message: 'release: not found' });
    assert.equal((await driver.query({ name: 'web' })).length, 1);
    await assert.rejects(driver.delete('web', 1), (error) => isReleaseError(error, 'NotFound'));
  });
}

/** Without when it was written, which only a driver knows. */
function unstamped(release: Release): object {
  return Object.fromEntries(Object.entries(release).filter(([name]) => name !== 'recordTime'));
}
