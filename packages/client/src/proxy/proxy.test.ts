import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFromEnvironment } from './proxy.ts';

const environment = {
  http_proxy: 'proxy:3128',
  HTTPS_PROXY: 'http://user:pass@secure:3129',
  NO_PROXY: 'example.org, .inner.net,*.star.io,10.0.0.0/8,192.168.1.7,[fd00::1],port.com:8080, ,bad/99',
};

test('sends requests through the proxy of their scheme', () => {
  const proxy = proxyFromEnvironment(environment);
  assert.equal(proxy(new URL('http://a.com/x'))?.href, 'http://proxy:3128/');
  assert.equal(proxy(new URL('https://a.com/x'))?.host, 'secure:3129');
  assert.equal(proxyFromEnvironment({})(new URL('http://a.com')), undefined);
  assert.equal(proxyFromEnvironment({ ...environment, REQUEST_METHOD: 'GET' })(new URL('http://a.com')), undefined);
});

test('leaves out what NO_PROXY names, and this machine', () => {
  const proxy = proxyFromEnvironment(environment);
  const straight = (url: string): boolean => proxy(new URL(url)) === undefined;
  for (const url of [
    'http://example.org',
    'https://sub.example.org/x',
    'http://a.inner.net',
    'http://a.star.io',
    'http://10.2.3.4:99',
    'https://192.168.1.7',
    'http://[fd00::1]/',
    'http://port.com:8080',
    'http://localhost:1234',
    'http://127.0.0.2',
    'http://[::1]:80',
  ]) {
    assert.ok(straight(url), url);
  }
  for (const url of [
    'http://notexample.org',
    'http://inner.net',
    'http://star.io',
    'http://11.0.0.1',
    'http://port.com',
  ]) {
    assert.ok(!straight(url), url);
  }
  assert.equal(proxyFromEnvironment({ ...environment, NO_PROXY: '*' })(new URL('http://a.com')), undefined);
});
