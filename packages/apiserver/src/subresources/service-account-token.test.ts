import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { createSigningKey } from '@kindred/machinery/certificates';
import { tokenObjectLookup } from '../authentication/service-account/object-lookup.ts';
import { ServiceAccountTokenAuthenticator } from '../authentication/service-account/token-authenticator.ts';
import { TokenIssuer } from '../authentication/service-account/token-issuer.ts';
import { authenticationReviews } from '../reviews/authentication-reviews.ts';
import { createTestServer, json, type TestServer } from '../testing/test-server.ts';
import { serviceAccountToken } from './service-account-token.ts';

const audience = 'https://kubernetes.default.svc.cluster.local';
const base = '/api/v1/namespaces/default';
const start = Date.UTC(2026, 0, 1);

/** A server with the service account `robot`, which issues tokens and reviews them. */
async function createServer(t: TestContext): Promise<TestServer & { readonly clock: ManualClock }> {
  const clock = new ManualClock(start);
  const privateKey = createSigningKey();
  const issuer = new TokenIssuer({ privateKey, issuer: audience, clock, randomId: () => 'id-1' });
  const server = await createTestServer(t, {
    clock,
    over: async (storage) => {
      const tokens = new ServiceAccountTokenAuthenticator({
        publicKey: issuer.publicKey,
        issuer: audience,
        audiences: [audience],
        lookup: await tokenObjectLookup(storage),
        clock,
      });
      return { subresources: [serviceAccountToken(issuer)], reviews: authenticationReviews(tokens, [audience]) };
    },
  });
  await server.call('POST', `${base}/serviceaccounts`, { metadata: { name: 'robot' } });
  return Object.assign(server, { clock });
}

interface TokenRequest {
  spec: { audiences: string[]; expirationSeconds: number };
  status: { token: string; expirationTimestamp: string };
}

async function request(server: TestServer, spec: object, name = 'robot'): Promise<[number, TokenRequest, string]> {
  const answer = await server.call('POST', `${base}/serviceaccounts/${name}/token`, { spec });
  // Only the parts that a TokenRequest has are looked at.
  return [answer.status, JSON.parse(answer.text) as TokenRequest, answer.text];
}

interface ReviewStatus {
  authenticated: boolean;
  user?: { username: string; groups: string[] };
  audiences?: string[];
}

async function review(server: TestServer, token: string, audiences?: string[]): Promise<ReviewStatus> {
  const answer = await server.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    spec: { token, ...(audiences === undefined ? {} : { audiences }) },
  });
  assert.equal(answer.status, 201, answer.text);
  assert.ok(!answer.text.includes(token), 'the answer repeats the token');
  return json(answer)['status'] as ReviewStatus;
}

test('a token lives an hour unless asked otherwise, and a day at most', async (t) => {
  const server = await createServer(t);
  const [status, usual] = await request(server, {});
  assert.equal(status, 201);
  assert.deepEqual(usual.spec, { audiences: [audience], expirationSeconds: 3600 });
  assert.equal(usual.status.expirationTimestamp, '2026-01-01T01:00:00Z');
  const [, long] = await request(server, { expirationSeconds: 10_000_000 });
  assert.equal(long.spec.expirationSeconds, 86_400);
  const [refused, , text] = await request(server, { expirationSeconds: 60 });
  assert.equal(refused, 422);
  assert.match(text, /spec\.expirationSeconds.*may not specify a duration less than 10 minutes/);
  assert.equal((await request(server, {}, 'nobody'))[0], 404);
});

test('a review tells whose token it is and for which of the audiences asked', async (t) => {
  const server = await createServer(t);
  const [, { status }] = await request(server, { audiences: ['vault', audience] });
  const found = await review(server, status.token);
  assert.equal(found.user?.username, 'system:serviceaccount:default:robot');
  assert.ok(found.user.groups.includes('system:authenticated'));
  assert.deepEqual(found.audiences, [audience]);
  assert.deepEqual((await review(server, status.token, ['vault', 'bank'])).audiences, ['vault']);
  assert.equal((await review(server, status.token, ['bank'])).authenticated, false);
  assert.equal((await review(server, 'no-token')).authenticated, false);
});

test('a token ends with its time and with its account', async (t) => {
  const server = await createServer(t);
  const [, { status }] = await request(server, {});
  assert.equal((await review(server, status.token)).authenticated, true);
  server.clock.advance(3_600_000);
  assert.equal((await review(server, status.token)).authenticated, false);
  const [, next] = await request(server, {});
  await server.call('DELETE', `${base}/serviceaccounts/robot`);
  assert.equal((await review(server, next.status.token)).authenticated, false);
});

test('a token that is bound to a pod ends with it, and names its node', async (t) => {
  const server = await createServer(t);
  await server.call('POST', '/api/v1/nodes', { metadata: { name: 'one' } });
  const pod = { metadata: { name: 'web' }, spec: { nodeName: 'one', containers: [{ name: 'main', image: 'nginx' }] } };
  const created = await server.call('POST', `${base}/pods`, pod);
  assert.equal(created.status, 201, created.text);
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: json(created).metadata.uid };
  const [, { status }] = await request(server, { boundObjectRef });
  const found = await review(server, status.token);
  assert.equal(found.authenticated, true);
  assert.match(JSON.stringify(found.user), /pod-name":\["web"\].*node-name":\["one"\]/);
  assert.equal((await request(server, { boundObjectRef: { ...boundObjectRef, uid: 'other' } }))[0], 409);
  assert.equal((await request(server, { boundObjectRef: { ...boundObjectRef, name: 'gone' } }))[0], 404);
  assert.equal((await request(server, { boundObjectRef: { kind: 'ConfigMap', name: 'x' } }))[0], 422);
  await server.call('DELETE', `${base}/pods/web`, { gracePeriodSeconds: 0 });
  assert.equal((await review(server, status.token)).authenticated, false);
});
