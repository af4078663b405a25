import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequestInfo } from './request-info.ts';

function parse(method: string, url: string) {
  const [path = '', rawQuery = ''] = url.split('?');
  const info = parseRequestInfo({ method, path, rawQuery, query: new URLSearchParams(rawQuery) });
  return info && [info.verb, info.group, info.version, info.namespace, info.resource, info.name, info.subresource];
}

test('resource paths give verb, group, version, namespace, resource, name and subresource', () => {
  assert.deepEqual(parse('GET', '/api/v1/pods'), ['list', '', 'v1', '', 'pods', '', '']);
  assert.deepEqual(parse('GET', '/api/v1/namespaces/a/pods?watch=true'), ['watch', '', 'v1', 'a', 'pods', '', '']);
  assert.deepEqual(parse('GET', '/api/v1/namespaces/a/pods?watch=false'), ['list', '', 'v1', 'a', 'pods', '', '']);
  assert.deepEqual(parse('GET', '/api/v1/namespaces/a'), ['get', '', 'v1', 'a', 'namespaces', 'a', '']);
  assert.deepEqual(parse('PUT', '/api/v1/namespaces/a/finalize'), [
    'update',
    '',
    'v1',
    'a',
    'namespaces',
    'a',
    'finalize',
  ]);
  assert.deepEqual(parse('GET', '/api/v1/namespaces'), ['list', '', 'v1', '', 'namespaces', '', '']);
  assert.deepEqual(parse('PATCH', '/apis/apps/v1/namespaces/a/deployments/d/scale'), [
    'patch',
    'apps',
    'v1',
    'a',
    'deployments',
    'd',
    'scale',
  ]);
  assert.deepEqual(parse('DELETE', '/apis/apps/v1/namespaces/a/deployments'), [
    'deletecollection',
    'apps',
    'v1',
    'a',
    'deployments',
    '',
    '',
  ]);
});

test('a trailing slash, the legacy watch prefix and escapes are understood', () => {
  assert.deepEqual(parse('POST', '/apis/extensions/v1beta1/namespaces/a/deployments/'), [
    'create',
    'extensions',
    'v1beta1',
    'a',
    'deployments',
    '',
    '',
  ]);
  assert.deepEqual(parse('GET', '/api/v1/watch/namespaces/a/pods/p'), ['watch', '', 'v1', 'a', 'pods', 'p', '']);
  assert.deepEqual(parse('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode'), [
    'get',
    'rbac.authorization.k8s.io',
    'v1',
    '',
    'clusterroles',
    'system:node',
    '',
  ]);
});

test('a field selector on the name names the object', () => {
  assert.equal(parse('GET', '/api/v1/pods?fieldSelector=metadata.name%3Dx')?.[5], 'x');
  assert.equal(parse('GET', '/api/v1/pods?fieldSelector=metadata.name!=x')?.[5], '');
});

test('paths outside the API are no resource requests; malformed ones are refused', () => {
  assert.deepEqual(parse('GET', '/healthz'), ['get', '', '', '', '', '', '']);
  assert.deepEqual(parse('GET', '/apis/apps/v1'), ['get', 'apps', 'v1', '', '', '', '']);
  for (const path of ['/api/v1//pods', '/api/v1/../x', '/api/v1/%zz', 'x']) assert.equal(parse('GET', path), undefined);
});
