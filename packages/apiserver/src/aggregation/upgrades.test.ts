import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';
import { createTestBackend, reachReason, register, type TestBackend } from '../testing/test-backend.ts';
import { createTestServer, type TestServer } from '../testing/test-server.ts';

const exec = '/apis/wardle.example.com/v1/namespaces/default/flunders/a/exec?command=sh';
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };

interface Upgraded {
  readonly server: TestServer;
  readonly backend: TestBackend;
  /** Asks for an upgrade over HTTP/1.1. */
  ask(
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; socket?: Duplex }>;
}

/** A server with a port, whose backend echoes what comes over upgraded connections. */
async function upgrading(t: TestContext, backendSockets: Duplex[] = []): Promise<Upgraded> {
  const backend = await createTestBackend(t, (request, response) =>
    response.writeHead(request.url === '/apis/wardle.example.com/v1' ? 200 : 404).end('{}'),
  );
  backend.server.on('upgrade', (request, socket, head) => {
    backendSockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nX-User: ${String(request.headers['x-remote-user'])}\r\nX-Protocols: ${String(request.headers['sec-websocket-protocol'])}\r\n\r\nhello `,
    );
    if (head.length > 0) socket.unshift(head);
    socket.pipe(socket);
  });
  const server = await createTestServer(t);
  await register(server, backend);
  await reachReason(server, 'Passed');
  const authority = createAuthority('kubernetes', validity);
  const serving = issueCertificate(authority, {
    commonName: 'server',
    usages: ['serverAuth'],
    ipAddresses: ['127.0.0.1'],
    ...validity,
  });
  const tls = { cert: serving.certificate, key: serving.key, clientCa: authority.certificate };
  const { port } = await server.api.listen({ host: '127.0.0.1', port: 0, tls });
  return {
    server,
    backend,
    ask(headers = {}) {
      const sent = httpsRequest({
        host: '127.0.0.1',
        port,
        path: exec,
        ca: authority.certificate,
        agent: false,
        headers: { connection: 'Upgrade', upgrade: 'websocket', ...headers },
      });
      sent.end();
      return new Promise((resolve, reject) => {
        sent.on('error', reject);
        sent.on('response', (message) => {
          message.resume();
          resolve({ status: message.statusCode ?? 0, headers: message.headers });
        });
        sent.on('upgrade', (message, socket, head) => {
          t.after(() => socket.destroy());
          socket.on('error', () => undefined);
          if (head.length > 0) socket.unshift(head);
          resolve({ status: message.statusCode ?? 0, headers: message.headers, socket });
        });
      });
    },
  };
}

async function read(socket: Duplex, length: number): Promise<string> {
  let text = '';
  while (text.length < length) {
    // Without an encoding, chunks are bytes.
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, 'readable');
    else text += chunk.toString();
  }
  return text;
}

test('an upgraded connection carries both directions, and the user in place of the token', async (t) => {
  const { ask } = await upgrading(t);
  const { status, headers, socket } = await ask({
    'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2VjcmV0',
  });
  assert.ok(status === 101 && socket !== undefined);
  assert.equal(headers['upgrade'], 'websocket');
  assert.equal(headers['x-user'], 'system:anonymous');
  assert.equal(headers['x-protocols'], 'v5.channel.k8s.io');
  socket.write('world');
  assert.equal(await read(socket, 11), 'hello world');
});

test('both sides of an upgraded connection end together, whoever ends', async (t) => {
  const sockets: Duplex[] = [];
  const { ask, server } = await upgrading(t, sockets);
  const first = await ask();
  first.socket?.destroy();
  if (sockets[0] !== undefined && !sockets[0].destroyed) await once(sockets[0], 'close');
  const second = await ask();
  const closed = once(second.socket ?? assert.fail(), 'close');
  second.socket?.resume();
  sockets[1]?.destroy();
  await closed;
  const third = await ask();
  third.socket?.resume();
  const ended = once(third.socket ?? assert.fail(), 'close');
  await server.close();
  await ended;
});

test('a request for an upgrade that nobody serves is answered as any other', async (t) => {
  const { ask, backend } = await upgrading(t);
  await backend.close();
  const { status, headers } = await ask();
  assert.deepEqual([status, headers['content-type'], headers['connection']], [503, 'application/json', 'close']);
});
