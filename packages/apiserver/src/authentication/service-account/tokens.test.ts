import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSigningKey } from '@kindred/machinery/certificates';
import { bearerToken } from '../bearer-token.ts';
import type { ObjectLookup } from './token-authenticator.ts';
import { ServiceAccountTokenAuthenticator } from './token-authenticator.ts';
import { TokenIssuer } from './token-issuer.ts';

const issuerName = 'https://kubernetes.default.svc.cluster.local';

interface World {
  now: number;
  readonly objects: Map<string, { uid: string; deletionTime?: number }>;
  readonly issuer: TokenIssuer;
  readonly authenticator: ServiceAccountTokenAuthenticator;
}

async function world(): Promise<World> {
  const state = { now: Date.UTC(2026, 5, 1) };
  const clock = { now: () => state.now, after: () => () => undefined };
  const objects = new Map<string, { uid: string; deletionTime?: number }>([
    ['serviceaccounts/default/robot', { uid: 'sa-1' }],
    ['pods/default/web', { uid: 'pod-1' }],
  ]);
  const lookup: ObjectLookup = (resource, namespace, name) => objects.get(`${resource}/${namespace}/${name}`);
  const issuer = new TokenIssuer({
    privateKey: createSigningKey(),
    issuer: issuerName,
    clock,
    randomId: () => 'id-1',
  });
  const authenticator = new ServiceAccountTokenAuthenticator({
    publicKey: issuer.publicKey,
    issuer: issuerName,
    audiences: [issuerName],
    lookup,
    clock,
  });
  return Object.assign(state, { objects, issuer, authenticator });
}

const spec = {
  namespace: 'default',
  serviceAccount: { name: 'robot', uid: 'sa-1' },
  audiences: [issuerName],
  lifetime: 3600,
} as const;

const boundTo = { kind: 'Pod', name: 'web', uid: 'pod-1' } as const;

test('a token names its service account as user, with the groups of service accounts', async () => {
  const { issuer, authenticator } = await world();
  const { token } = await issuer.issue({ ...spec, boundTo });
  assert.deepEqual(await authenticator.userOf(token, [issuerName]), {
    username: 'system:serviceaccount:default:robot',
    uid: 'sa-1',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default'],
    extra: {
      'authentication.kubernetes.io/credential-id': ['JTI=id-1'],
      'authentication.kubernetes.io/pod-name': ['web'],
      'authentication.kubernetes.io/pod-uid': ['pod-1'],
    },
  });
});

test('a token ends: by time, with its pod, with its account, with an account of the same name but another uid', async () => {
  const ends: ((w: World) => void)[] = [
    (w) => (w.now += 3600_000),
    (w) => w.objects.delete('pods/default/web'),
    (w) => w.objects.set('pods/default/web', { uid: 'pod-1', deletionTime: w.now - 61_000 }),
    (w) => w.objects.delete('serviceaccounts/default/robot'),
    (w) => w.objects.set('serviceaccounts/default/robot', { uid: 'sa-2' }),
  ];
  for (const end of ends) {
    const w = await world();
    const { token } = await w.issuer.issue({ ...spec, boundTo });
    await w.authenticator.userOf(token, [issuerName]);
    end(w);
    await assert.rejects(async () => w.authenticator.userOf(token, [issuerName]), { code: 401 });
  }
});

test('a token of another key, for another audience, or tampered with is refused', async () => {
  const { issuer, authenticator } = await world();
  const other = (await world()).issuer;
  const { token } = await issuer.issue(spec);
  const [header, , signature] = token.split('.');
  const forgedBody = Buffer.from('{"sub":"admin"}').toString('base64url');
  const bad = [
    (await other.issue(spec)).token,
    (await issuer.issue({ ...spec, audiences: ['elsewhere'] })).token,
    `${header}.${forgedBody}.${signature}`,
  ];
  for (const token of bad) await assert.rejects(async () => authenticator.userOf(token, [issuerName]), { code: 401 });
});

test('what is no JWT is left to other authenticators', async () => {
  const { authenticator } = await world();
  assert.equal(authenticator.userOf('abcdef.0123456789abcdef', [issuerName]), undefined);
  assert.equal(bearerToken({ headers: { authorization: 'Basic dTpw' } }), undefined);
  assert.equal(bearerToken({ headers: { authorization: 'Bearer t.o.k' } }), 't.o.k');
});
