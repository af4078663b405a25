import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from './chart-content.ts';
import { SourceError } from './source-error.ts';
import { credentialsOf, mergedDockerConfig } from './source-secret.ts';

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';

const file = (name: string, text: string) => ({ name, data: Buffer.from(text) });

test('the digest is that of the content, and other values files make another one', () => {
  const plain = { valuesFiles: [], ignoreMissingValuesFiles: false };
  const files = [file('Chart.yaml', chartYaml), file('values.yaml', 'a: 1\nb: 1'), file('prod.yaml', 'a: 2')];
  const one = chartOf(files, 'x', plain);
  assert.equal(chartOf([...files].reverse(), 'y', plain).digest, one.digest);
  assert.notEqual(chartOf([...files.slice(0, 2), file('prod.yaml', 'a: 3')], 'x', plain).digest, one.digest);
  const prod = chartOf(files, 'x', { ...plain, valuesFiles: ['values.yaml', 'prod.yaml'] });
  assert.notEqual(prod.digest, one.digest);
  assert.deepEqual(
    [...prod.chart.values],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.throws(() => chartOf(files, 'x', { ...plain, valuesFiles: ['no.yaml'] }), /the chart has no file no\.yaml/);
  assert.throws(() => chartOf([], 'x', plain), SourceError);
});

test('credentials: plain ones, and those of the host in docker configuration', () => {
  assert.deepEqual(credentialsOf({ username: 'a', password: 'b' }, 'h'), { username: 'a', password: 'b' });
  const auth = Buffer.from('user:pass:word').toString('base64');
  const docker = JSON.stringify({
    auths: { 'https://r.example.com/v1/': { auth }, other: { username: 'x', password: 'y' } },
  });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'r.example.com'), {
    username: 'user',
    password: 'pass:word',
  });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'other'), { username: 'x', password: 'y' });
  assert.deepEqual(credentialsOf({ '.dockerconfigjson': docker }, 'elsewhere'), {});
  assert.throws(
    () => credentialsOf({ '.dockerconfigjson': 'hunter2' }, 'h'),
    (error: Error) => !error.message.includes('hunter2'),
  );
});

test('secrets for pulling images are one: the first that has a host counts', () => {
  const secret = (auths: object) => ({ '.dockerconfigjson': JSON.stringify({ auths }) });
  const entry = (username: string) => ({ username, password: 'x' });
  const merged = mergedDockerConfig([secret({ a: entry('one') }), {}, secret({ a: entry('two'), b: entry('three') })]);
  assert.equal(credentialsOf(merged, 'a').username, 'one');
  assert.equal(credentialsOf(merged, 'b').username, 'three');
  assert.deepEqual(mergedDockerConfig([{}]), {});
});
