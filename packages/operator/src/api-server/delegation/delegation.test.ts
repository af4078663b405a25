import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRequest, AuthorizationAttributes } from '@kindred/apiserver';
import { createClient, type Transport, type TransportRequest } from '@kindred/client';
import { ManualClock } from '@kindred/machinery';
import { accessReviewAuthorizer } from './access-review-authorizer.ts';
import { delegatedAuthentication } from './delegated-authentication.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { tokenReviewAuthenticator } from './token-review-authenticator.ts';

/** A cluster that answers every request alike. */
function cluster(answer: (asked: TransportRequest) => { status: number; body: object }) {
  const asked: TransportRequest[] = [];
  const transport: Transport = {
    async request(request) {
      asked.push(request);
      const { status, body } = answer(request);
      return { status, headers: {}, body: chunks(Buffer.from(JSON.stringify(body))) };
    },
    close: () => Promise.resolve(),
  };
  return { asked, client: createClient(transport) };
}

async function* chunks(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

const getPods: AuthorizationAttributes = {
  user: { username: 'jane', groups: ['dev'], extra: { scope: ['a'] } },
  verb: 'get',
  isResourceRequest: true,
  apiGroup: 'x.example.com',
  apiVersion: 'v1',
  resource: 'boxes',
  subresource: '',
  namespace: 'ns',
  name: 'a',
  path: '/apis/x.example.com/v1/namespaces/ns/boxes/a',
};
const masters = { username: 'root', groups: ['system:masters'] };
const forbidden = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Forbidden',
  code: 403,
  message: 'no',
};

test('an answer holds for its time, is asked for once, and failures are not remembered', async () => {
  const clock = new ManualClock(0);
  const cache = new ExpiringCache<number>({ clock, lifetime: 100, maxEntries: 2 });
  let asked = 0;
  const ask = () => Promise.resolve(++asked);
  assert.deepEqual(await Promise.all([cache.get('a', ask), cache.get('a', ask)]), [1, 1]);
  clock.advance(99);
  assert.equal(await cache.get('a', ask), 1);
  clock.advance(1);
  assert.equal(await cache.get('a', ask), 2);
  await assert.rejects(cache.get('b', () => Promise.reject(new Error('no'))));
  assert.equal(await cache.get('b', ask), 3);
  await cache.get('c', ask);
  assert.equal(await cache.get('a', ask), 5, 'the oldest went');
});

test('the cluster is asked who may do what, except about health and masters', async () => {
  let status: object = { allowed: true };
  const { asked, client } = cluster(() => ({ status: 201, body: { metadata: {}, status } }));
  const clock = new ManualClock(0);
  const authorizer = accessReviewAuthorizer(client, clock);
  const asPath = { ...getPods, isResourceRequest: false, path: '/healthz' };
  assert.deepEqual(await authorizer.authorize(asPath), { decision: 'allow' });
  assert.deepEqual(await authorizer.authorize({ ...getPods, user: masters }), { decision: 'allow' });
  assert.equal(asked.length, 0);
  assert.deepEqual(await authorizer.authorize(getPods), { decision: 'allow' });
  status = { allowed: false, denied: true, reason: 'because' };
  assert.deepEqual(await authorizer.authorize(getPods), { decision: 'allow' }, 'for ten seconds');
  clock.advance(10_000);
  assert.deepEqual(await authorizer.authorize(getPods), { decision: 'deny', reason: 'because' });
  status = { allowed: false };
  assert.deepEqual(await authorizer.authorize({ ...getPods, verb: 'list' }), { decision: 'noOpinion' });
  await authorizer.authorize({ ...asPath, path: '/healthz/x' });
  const specs = asked.map(({ body }) => (JSON.parse(Buffer.from(body ?? []).toString()) as { spec: object }).spec);
  const user = { user: 'jane', groups: ['dev'], extra: { scope: ['a'] } };
  const attributes = { group: 'x.example.com', version: 'v1', resource: 'boxes', subresource: '', namespace: 'ns' };
  assert.deepEqual(specs[0], { ...user, resourceAttributes: { ...attributes, name: 'a', verb: 'get' } });
  assert.deepEqual(specs.at(-1), { ...user, nonResourceAttributes: { path: '/healthz/x', verb: 'get' } });
});

test('what the cluster refuses to the server is no answer about its client', async () => {
  const { client } = cluster(() => ({ status: 403, body: forbidden }));
  const clock = new ManualClock(0);
  await assert.rejects(
    async () => accessReviewAuthorizer(client, clock).authorize(getPods),
    /Internal error occurred: access could not be reviewed: no/,
  );
  await assert.rejects(
    async () => tokenReviewAuthenticator(client, clock).authenticate(withToken('t')),
    /Internal error occurred: the token could not be reviewed: no/,
  );
});

test('tokens are the cluster’s to know', async () => {
  const user = { username: 'system:serviceaccount:a:b', uid: 'u', groups: ['g'] };
  const { asked, client } = cluster(({ body }) => {
    const { spec } = JSON.parse(Buffer.from(body ?? []).toString()) as { spec: { token: string } };
    const status = spec.token === 'good' ? { authenticated: true, user } : { authenticated: false };
    return { status: 201, body: { metadata: {}, status } };
  });
  const authenticator = tokenReviewAuthenticator(client, new ManualClock(0));
  assert.equal(authenticator.authenticate(withToken(undefined)), undefined);
  for (let count = 0; count < 2; count++) {
    assert.deepEqual(await authenticator.authenticate(withToken('good')), user);
    await assert.rejects(async () => authenticator.authenticate(withToken('bad')), /Unauthorized/);
  }
  assert.equal(asked.length, 2);
});

test('the ConfigMap says whom to believe, or that it cannot be read', () => {
  const read = delegatedAuthentication({
    'client-ca-file': 'CA',
    'requestheader-client-ca-file': 'PROXY',
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  });
  assert.deepEqual(read, {
    clientCa: 'CA',
    frontProxyCa: 'PROXY',
    headers: {
      allowedNames: ['front-proxy-client'],
      usernameHeaders: ['X-Remote-User'],
      uidHeaders: [],
      groupHeaders: [],
      extraHeaderPrefixes: ['X-Remote-Extra-'],
    },
  });
  assert.equal(delegatedAuthentication({}).frontProxyCa, undefined);
  assert.throws(() => delegatedAuthentication({ 'requestheader-allowed-names': '{}' }), /allowed-names is not a list/);
});

function withToken(token: string | undefined): ApiRequest {
  return {
    method: 'GET',
    path: '/',
    rawQuery: '',
    query: new URLSearchParams(),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: () => Promise.resolve(new Uint8Array()),
    stream: () => undefined,
    upgrade: undefined,
    signal: new AbortController().signal,
    remoteAddress: '',
    peerCertificate: undefined,
    user: undefined,
  };
}
