import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@kindred/machinery';
import { createSigningKey } from '@kindred/machinery/certificates';
import { issuerDiscoveryRoutes } from '../authentication/service-account/issuer-discovery.ts';
import { TokenIssuer } from '../authentication/service-account/token-issuer.ts';
import { createTestServer } from '../testing/test-server.ts';

test('the root lists paths', async (t) => {
  const server = await createTestServer(t);
  const { paths } = JSON.parse((await server.call('GET', '/')).text) as { paths: string[] };
  for (const path of [
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/metrics',
    '/openapi/v2',
    '/readyz/ping',
  ]) {
    assert.ok(paths.includes(path), path);
  }
  assert.deepEqual(paths, [...new Set(paths)].sort());
});

test('the issuer of service-account tokens says where its keys are', async (t) => {
  const issuer = new TokenIssuer({
    privateKey: createSigningKey(),
    issuer: 'https://cluster.example',
    clock: systemClock,
    randomId: () => 'x',
  });
  const server = await createTestServer(t, { routes: issuerDiscoveryRoutes(issuer) });
  const configuration = JSON.parse((await server.call('GET', '/.well-known/openid-configuration')).text);
  assert.equal(configuration.issuer, 'https://cluster.example');
  assert.equal(configuration.jwks_uri, 'https://cluster.example/openid/v1/jwks');
  const keys = await server.call('GET', '/openid/v1/jwks');
  assert.equal(keys.headers['content-type'], 'application/jwk-set+json');
  const [key] = JSON.parse(keys.text).keys;
  assert.deepEqual([key.kty, key.alg, key.use, key.d], ['EC', 'ES256', 'sig', undefined]);
});
