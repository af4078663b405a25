import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, type Transport } from '@kindred/client';
import { systemClock } from '@kindred/machinery';
import { KubeConfigError } from './kube-config-error.ts';
import { readKubeConfig } from './read-kube-config.ts';

/** A server that has one ConfigMap and gives tokens, one after the other. */
function clusterWith(data: Readonly<Record<string, string>>): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    transport: {
      request({ method, path, body }) {
        asked.push(`${method} ${path} ${Buffer.from(body ?? '').toString()}`.trim());
        const answer = path.includes('/token')
          ? { status: { token: `token-${asked.length}` } }
          : { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prod', namespace: 'apps' }, data };
        const bytes = Buffer.from(JSON.stringify(answer));
        return Promise.resolve({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: (async function* () {
            yield bytes;
          })(),
        });
      },
      close: () => Promise.resolve(),
    },
  };
}

function read(data: Readonly<Record<string, string>>, now = () => 0) {
  const { transport, asked } = clusterWith(data);
  const found = readKubeConfig(
    { kind: 'ConfigMap', object: { namespace: 'apps', name: 'prod' } },
    {
      client: createClient(transport),
      clock: { ...systemClock, now },
      allowInsecure: false,
      signal: new AbortController().signal,
    },
  );
  return { found, asked };
}

test('the address of a cluster that trusts our tokens: one for its audiences, used for most of its life', async () => {
  let now = 0;
  const data = {
    provider: 'generic',
    address: 'prod.example.com:6443',
    serviceAccountName: 'deployer',
    'ca.crt': 'PEM',
  };
  const { found, asked } = read({ ...data, audiences: 'one\n two\n' }, () => now);
  const { connection } = await found;
  assert.equal(connection.server, 'https://prod.example.com:6443');
  assert.deepEqual(await connection.tls?.(), { ca: 'PEM' });
  const first = await connection.token?.();
  now = 479_000;
  assert.equal(await connection.token?.(), first);
  now = 481_000;
  assert.notEqual(await connection.token?.(), first);
  assert.match(
    asked[1] ?? '',
    /^POST \/api\/v1\/namespaces\/apps\/serviceaccounts\/deployer\/token.*"audiences":\["one","two"\]/,
  );
  assert.equal(asked.length, 3);
});

test('what is missing, or asks for the library of a cloud, is told', async () => {
  const failing: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ provider: 'aws', cluster: 'arn:aws:eks' }, /asks for the provider "aws"; only generic is known/],
    [{}, /asks for the provider ""/],
    [{ provider: 'generic' }, /has no address/],
    [{ provider: 'generic', address: 'https://x' }, /has no serviceAccountName/],
    [{ provider: 'generic', address: 'http://x', serviceAccountName: 'y' }, /must be one of https/],
  ];
  for (const [data, message] of failing) {
    await assert.rejects(read(data).found, (error: unknown) => {
      assert.ok(error instanceof KubeConfigError);
      assert.match(error.message, message);
      return true;
    });
  }
});
