import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate, type KeyAndCertificate } from '@kindred/machinery/certificates';
import { type ClusterCertificates, frontProxyName, loadClusterCertificates } from '../pki/cluster-certificates.ts';
import { createTestServer } from '../testing/test-server.ts';
import { requestHeaderAuthenticator } from './request-header-authenticator.ts';
import type { UserInfo } from './user-info.ts';
import { x509Authenticator } from './x509-authenticator.ts';

/** Asks who a client with these credentials is. */
type Ask = (
  client: KeyAndCertificate | undefined,
  authorization?: string,
  headers?: OutgoingHttpHeaders,
) => Promise<{ status: number; text: string }>;

const day = 86_400_000;

async function serverWithCertificates(t: TestContext): Promise<{ ask: Ask } & ClusterCertificates> {
  const directory = await mkdtemp(join(tmpdir(), 'authenticator-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const certificates = await loadClusterCertificates({
    directory,
    serverNames: [],
    serverAddresses: [],
    nodeName: 'n',
    nodeAddresses: [],
    now: Date.now(),
  });
  const { authority, apiserver, frontProxyAuthority } = certificates;
  const server = await createTestServer(t, {
    authenticators: [requestHeaderAuthenticator([frontProxyName]), x509Authenticator],
    routes: {
      '/who': ({ user }) => ({
        status: 200,
        headers: {},
        body: Buffer.from([user.username, user.groups.join(), ...extraOf(user)].join(' ')),
      }),
    },
  });
  const tls = {
    cert: apiserver.certificate,
    key: apiserver.key,
    clientCa: authority.certificate,
    frontProxyCa: frontProxyAuthority.certificate,
  };
  const { port } = await server.api.listen({ host: '127.0.0.1', port: 0, tls });
  return {
    ...certificates,
    async ask(client, authorization, headers = {}) {
      const credentials = client === undefined ? {} : { cert: client.certificate, key: client.key };
      const session = connect(`https://127.0.0.1:${port}`, { ca: authority.certificate, ...credentials });
      const stream = session.request({
        ':path': '/who',
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
      });
      let status = 0;
      let text = '';
      stream.on('response', (headers) => (status = Number(headers[':status'])));
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(stream, 'close');
      session.close();
      return { status, text };
    },
  };
}

function extraOf({ uid, extra }: UserInfo): string[] {
  return uid === undefined && extra === undefined ? [] : [JSON.stringify({ uid, extra })];
}

test('a front proxy says whom a request comes from, and nobody else does', async (t) => {
  const { ask, admin, frontProxyClient, frontProxyAuthority, authority } = await serverWithCertificates(t);
  const headers = {
    'x-remote-user': Buffer.from('jané').toString('latin1'),
    'x-remote-group': ['devs', Buffer.from('ôps').toString('latin1')],
    'x-remote-uid': '7',
    'x-remote-extra-example.com%2fscope': 'all',
    'x-remote-extra-%ff': 'odd',
  };
  const extra = JSON.stringify({ uid: '7', extra: { 'example.com/scope': ['all'], '%ff': ['odd'] } });
  const named = `jané devs,ôps,system:authenticated ${extra}`;
  assert.deepEqual(await ask(frontProxyClient, undefined, headers), { status: 200, text: named });
  const plain = 'kubernetes-admin system:masters,system:authenticated';
  assert.deepEqual(await ask(admin, undefined, headers), { status: 200, text: plain });
  assert.match((await ask(undefined, undefined, headers)).text, /^system:anonymous /);
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const usages = ['clientAuth'] as const;
  const other = issueCertificate(frontProxyAuthority, {
    commonName: 'other',
    organizations: ['system:masters'],
    usages,
    ...validity,
  });
  assert.match((await ask(other, undefined, headers)).text, /^system:anonymous /);
  const pretender = issueCertificate(authority, { commonName: frontProxyName, usages, ...validity });
  assert.match((await ask(pretender, undefined, headers)).text, /^front-proxy-client /);
});

test('a certificate of the own authority makes a user, none makes an anonymous one', async (t) => {
  const { ask, admin } = await serverWithCertificates(t);
  assert.deepEqual(await ask(admin), { status: 200, text: 'kubernetes-admin system:masters,system:authenticated' });
  assert.deepEqual(await ask(undefined), { status: 200, text: 'system:anonymous system:unauthenticated' });
});

test('a certificate of another authority is no identity, whatever it says', async (t) => {
  const { ask } = await serverWithCertificates(t);
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const stranger = issueCertificate(createAuthority('kubernetes', validity), {
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
    usages: ['clientAuth'],
    ...validity,
  });
  assert.equal((await ask(stranger)).status, 401);
});

test('a token that nobody knows is refused instead of ignored', async (t) => {
  const { ask } = await serverWithCertificates(t);
  const refused = await ask(undefined, 'Bearer abcdef.0123456789abcdef');
  assert.equal(refused.status, 401);
  assert.match(refused.text, /"message":"Unauthorized","reason":"Unauthorized"/);
});
