/** The client over a real connection: HTTP/2 and TLS, streaming lists, a server that restarts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import { ConfigMap } from '@kindred/apis/core/v1';
import { alwaysAllow, createApiServer, openApiStorage } from '@kindred/apiserver';
import { createClient, createHttpTransport, InformerFactory } from '@kindred/client';
import { selfSignedCertificate } from '@kindred/client/testing';
import { openMemoryStore } from '@kindred/store';
import { see } from '@kindred-conformance/clients/in-process';

test('an informer follows through a restart of the server, without losing or repeating anything', async (t) => {
  const certificate = await selfSignedCertificate();
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  const faults: unknown[] = [];
  const listen = async (port: number) => {
    const api = await createApiServer({
      storage,
      kinds: builtinKinds(),
      authenticators: [],
      authorizer: alwaysAllow,
      reportFault: ({ error }) => faults.push(error),
    });
    const tls = { ...certificate, clientCa: certificate.cert };
    const address = await api.listen({ host: '127.0.0.1', port, tls });
    return { api, port: address.port };
  };
  const { api: first, port } = await listen(0);
  let api = first;
  const ca = certificate.cert;
  const transport = createHttpTransport({ server: `https://127.0.0.1:${port}`, tls: () => Promise.resolve({ ca }) });
  const client = createClient(transport, { userAgent: 'person' });
  const informers = new InformerFactory({ client, onError: () => undefined });
  t.after(async () => {
    await informers.close();
    await transport.close();
    await api.close();
    await storage.close();
    await store.close();
  });
  const seen: string[] = [];
  const names = informers.informer(ConfigMap, { namespace: 'default' });
  names.addHandler({
    added: ({ metadata }) => seen.push(`+${metadata.name}`),
    deleted: ({ metadata }) => seen.push(`-${metadata.name}`),
  });
  informers.start();
  await informers.waitForSync();
  const at = (name: string) => ({ metadata: { namespace: 'default', name } });
  await client.create(ConfigMap, at('a'));
  await see(
    () => Promise.resolve(seen),
    (all) => all.includes('+a'),
  );

  await api.close();
  await assert.rejects(client.get(ConfigMap, at('a').metadata));
  ({ api } = await listen(port));
  await see(
    () => client.create(ConfigMap, at('b')),
    () => true,
  );
  await client.delete(ConfigMap, at('a').metadata);
  await see(
    () => Promise.resolve(seen),
    (all) => all.includes('-a'),
  );
  assert.deepEqual(seen, ['+a', '+b', '-a']);
  assert.deepEqual(faults, []);
});
