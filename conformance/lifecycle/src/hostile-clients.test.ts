/** Clients that send nonsense, stop in the middle, or are many: the server keeps serving the others. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connectionOf, createHttpTransport, loadKubeconfig } from '@kindred/client';
import { eventually, TestPlatform } from '@kindred-conformance/clients';
import type { RawClient } from './raw-client.ts';
import { rawClient } from './raw-client.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

describe('hostile clients', () => {
  let platform: TestPlatform;
  let client: RawClient;
  before(async () => {
    platform = await TestPlatform.start({ args: ['--runtime', 'none', '--extensions', 'none', '--store', 'memory'] });
    client = await rawClient(platform.kubeconfig);
  });
  after(() => platform.stop());

  async function assertServing(): Promise<void> {
    const started = performance.now();
    for (const send of [client.http1, client.http2]) {
      assert.equal((await send({ method: 'GET', path: '/readyz' })).text, 'ok');
    }
    assert.ok(performance.now() - started < 2_000, 'the server answers slowly');
  }

  async function plainSocket(): Promise<Socket> {
    const socket = connect(client.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  const closed = (socket: Socket): Promise<unknown> | undefined =>
    socket.destroyed ? undefined : once(socket, 'close');

  it('closes connections that speak something else than TLS', async () => {
    for (const bytes of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', randomBytes(2048), 'SSH-2.0-OpenSSH_9.2\r\n']) {
      const socket = await plainSocket();
      socket.resume();
      socket.write(bytes);
      await closed(socket);
    }
    await assertServing();
  });

  it('closes connections that speak something else than HTTP inside of TLS', async () => {
    for (const protocol of ['h2', 'http/1.1'] as const) {
      for (const bytes of [randomBytes(4096), Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(4096)}`)]) {
        const socket = await client.connect(protocol);
        socket.on('error', () => undefined);
        socket.resume();
        socket.write(bytes);
        await closed(socket);
      }
    }
    await assertServing();
  });

  it('stores nothing of a body that breaks off', async () => {
    const head = `POST ${configMaps} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n`;
    const part = '{"metadata":{"name":"half"},"data":{}}';
    for (const end of ['destroy', 'end'] as const) {
      const socket = await client.connect('http/1.1');
      socket.on('error', () => undefined);
      socket.resume();
      await new Promise<void>((resolve) => socket.write(head + part, () => resolve()));
      socket[end]();
      await closed(socket);
    }
    const { text } = await client.http2({ method: 'GET', path: configMaps });
    assert.doesNotMatch(text, /"half"/);
    await assertServing();
  });

  it('serves others while hundreds of connections stand half open', async () => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 300; n++) {
      const socket = await plainSocket();
      // A handshake that never goes on, and one that never began.
      if (n % 2 === 0) socket.write(Buffer.from('160301020001000', 'hex'));
      sockets.push(socket);
    }
    for (let n = 0; n < 20; n++) {
      const socket = await client.connect('http/1.1');
      socket.on('error', () => undefined);
      socket.write(`POST ${configMaps} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`);
      sockets.push(socket);
    }
    await assertServing();
    for (const socket of sockets) socket.destroy();
  });

  it('sends one change to a thousand watches', async () => {
    const transport = createHttpTransport(connectionOf(await loadKubeconfig({ path: platform.kubeconfig, env: {} })));
    const ending = new AbortController();
    const seen = { watches: 0, events: 0 };
    const watch = async (): Promise<void> => {
      const path = `${configMaps}?watch=true&fieldSelector=metadata.name%3Dloud`;
      const response = await transport.request({ method: 'GET', path, headers: {}, signal: ending.signal });
      assert.equal(response.status, 200);
      seen.watches++;
      for await (const chunk of response.body) {
        if (Buffer.from(chunk).includes('"ADDED"')) seen.events++;
      }
    };
    const watches = Array.from({ length: 1000 }, () =>
      watch().catch((error: unknown) => {
        if (!ending.signal.aborted) throw error;
      }),
    );
    try {
      await eventually('the watches', () => (seen.watches === 1000 ? true : undefined));
      await platform.kubectlOk(['create', 'configmap', 'loud']);
      await eventually('the events', () => (seen.events === 1000 ? true : undefined));
      await assertServing();
    } finally {
      ending.abort();
      await Promise.all(watches);
      await transport.close();
    }
    await assertServing();
  });

  it('ends in time with connections still open', async () => {
    const socket = await client.connect('http/1.1');
    socket.on('error', () => undefined);
    socket.write(`GET ${configMaps}?watch=true HTTP/1.1\r\nHost: a\r\n\r\n`);
    await once(socket, 'data');
    await plainSocket();
    const { code, milliseconds } = await platform.end();
    assert.equal(code, 0, platform.output);
    assert.ok(milliseconds < 5_000, `ended after ${milliseconds} ms`);
  });
});
