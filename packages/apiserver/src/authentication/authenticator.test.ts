import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate, type KeyAndCertificate } from '@kindred/machinery/certificates';
import { loadClusterCertificates } from '../pki/cluster-certificates.ts';
import { createTestServer } from '../testing/test-server.ts';
import { x509Authenticator } from './x509-authenticator.ts';

/** Asks who a client with these credentials is. */
type Ask = (client: KeyAndCertificate | undefined, authorization?: string) => Promise<{ status: number; text: string }>;

const day = 86_400_000;

async function serverWithCertificates(t: TestContext): Promise<{ ask: Ask; admin: KeyAndCertificate }> {
  const directory = await mkdtemp(join(tmpdir(), 'authenticator-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const { admin, authority, apiserver } = await loadClusterCertificates({
    directory,
    serverNames: [],
    serverAddresses: [],
    nodeName: 'n',
    nodeAddresses: [],
    now: Date.now(),
  });
  const server = await createTestServer(t, {
    authenticators: [x509Authenticator],
    routes: {
      '/who': ({ user }) => ({ status: 200, headers: {}, body: Buffer.from(`${user.username} ${user.groups.join()}`) }),
    },
  });
  const tls = { cert: apiserver.certificate, key: apiserver.key, clientCa: authority.certificate };
  const { port } = await server.api.listen({ host: '127.0.0.1', port: 0, tls });
  return {
    admin,
    async ask(client, authorization) {
      const credentials = client === undefined ? {} : { cert: client.certificate, key: client.key };
      const session = connect(`https://127.0.0.1:${port}`, { ca: authority.certificate, ...credentials });
      const stream = session.request({ ':path': '/who', ...(authorization === undefined ? {} : { authorization }) });
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
