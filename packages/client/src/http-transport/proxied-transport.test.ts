/** The transport through real proxies, and with credentials that change. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { before, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { readAll } from '../client/body.ts';
import { selfSignedCertificate } from '../testing/self-signed-certificate.ts';
import type { Credentials } from './credential-source.ts';
import { createHttpTransport, type HttpTransportOptions } from './http-transport.ts';

let certificate: { cert: string; key: string };
before(async () => {
  certificate = await selfSignedCertificate();
});

async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  // A server that listens on a port has such an address.
  return (server.address() as AddressInfo).port;
}

/** Says how it was reached. */
async function apiServer(t: TestContext, kind: 'h2' | 'https' | 'http'): Promise<number> {
  const answer = (
    request: { url?: string | undefined; headers: IncomingMessage['headers'] },
    version: string,
  ): string => `${version} ${request.url} ${request.headers.host ?? request.headers[':authority']}`;
  if (kind === 'h2') {
    return listen(
      t,
      createSecureServer(certificate, (request, response) => response.end(answer(request, '2'))),
    );
  }
  const listener = (request: IncomingMessage, response: { end(text: string): unknown }): unknown =>
    response.end(answer(request, '1'));
  return listen(t, kind === 'https' ? createHttpsServer(certificate, listener) : createHttpServer(listener));
}

/** An HTTP proxy that wants a password, and notes what it was asked for. */
async function httpProxy(t: TestContext): Promise<{ url: URL; seen: string[] }> {
  const seen: string[] = [];
  const isAllowed = (request: IncomingMessage): boolean => {
    seen.push(`${request.method} ${request.url}`);
    return request.headers['proxy-authorization'] === `Basic ${Buffer.from('me:pass').toString('base64')}`;
  };
  const server = createHttpServer((request, response) => {
    if (!isAllowed(request)) return response.writeHead(407).end();
    return response.end('by the proxy');
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    if (!isAllowed(request)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    return upstream.on('error', () => socket.destroy());
  });
  return { url: new URL(`http://me:pass@127.0.0.1:${await listen(t, server)}`), seen };
}

/** A SOCKS proxy with a password, as far as CONNECT by name or IPv4 goes. */
async function socksProxy(t: TestContext): Promise<{ url: URL; seen: string[] }> {
  const seen: string[] = [];
  const server = createTcpServer((socket) => {
    const next = async (length: number): Promise<Buffer> => {
      for (let data = socket.read(length) as Buffer | null; ; data = socket.read(length) as Buffer | null) {
        if (data !== null) return data;
        await once(socket, 'readable');
      }
    };
    const serve = async (): Promise<void> => {
      await next((await next(2))[1] ?? 0);
      socket.write(Buffer.from([5, 2]));
      const user = await next((await next(2))[1] ?? 0);
      const password = await next((await next(1))[0] ?? 0);
      const isAllowed = `${user}:${password}` === 'me:pass';
      socket.write(Buffer.from([1, isAllowed ? 0 : 1]));
      if (!isAllowed) return;
      const type = (await next(4))[3];
      const host = type === 1 ? (await next(4)).join('.') : String(await next((await next(1))[0] ?? 0));
      const port = (await next(2)).readUInt16BE();
      seen.push(`${host}:${port}`);
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    };
    serve().catch(() => socket.destroy());
  });
  return { url: new URL(`socks5://me:pass@127.0.0.1:${await listen(t, server)}`), seen };
}

async function ask(t: TestContext, server: string, options: Partial<HttpTransportOptions>): Promise<string> {
  const transport = createHttpTransport({ server, tls: async () => ({ ca: certificate.cert }), ...options });
  t.after(() => transport.close());
  const { body } = await transport.request({ method: 'GET', path: '/version', headers: {} });
  return Buffer.from(await readAll(body)).toString();
}

test('every kind of server is reached through every kind of proxy', async (t) => {
  const [h2, https, http] = [await apiServer(t, 'h2'), await apiServer(t, 'https'), await apiServer(t, 'http')];
  const [proxy, socks] = [await httpProxy(t), await socksProxy(t)];
  for (const { url } of [proxy, socks]) {
    const by = { proxy: () => url };
    assert.equal(await ask(t, `https://localhost:${h2}`, by), `2 /version localhost:${h2}`);
    assert.equal(await ask(t, `https://127.0.0.1:${https}`, by), `1 /version 127.0.0.1:${https}`);
  }
  assert.equal(
    await ask(t, `http://localhost:${http}/p`, { proxy: () => socks.url }),
    `1 /p/version localhost:${http}`,
  );
  assert.equal(await ask(t, `http://a.test/p`, { proxy: () => proxy.url }), 'by the proxy');
  assert.deepEqual(
    [...new Set(proxy.seen)],
    [`CONNECT localhost:${h2}`, `CONNECT 127.0.0.1:${https}`, 'GET http://a.test/p/version'],
  );
  assert.deepEqual([...new Set(socks.seen)], [`localhost:${h2}`, `127.0.0.1:${https}`, `localhost:${http}`]);
});

test('a proxy that refuses or is not there is named as the reason', async (t) => {
  const port = await apiServer(t, 'h2');
  const [proxy, socks] = [await httpProxy(t), await socksProxy(t)];
  const failure = (url: URL) => ask(t, `https://localhost:${port}`, { proxy: () => url });
  proxy.url.password = 'wrong';
  socks.url.password = 'wrong';
  await assert.rejects(failure(proxy.url), /Proxy Authentication Required$/);
  await assert.rejects(failure(socks.url), /username\/password authentication failed$/);
  await assert.rejects(failure(new URL('http://127.0.0.1:1')), /proxyconnect tcp: .*ECONNREFUSED/);
  await assert.rejects(failure(new URL('socks5://127.0.0.1:1')), /proxyconnect tcp: .*ECONNREFUSED/);
});

test('a token that is refused is asked for again; another certificate makes another connection', async (t) => {
  const seen: string[] = [];
  const server = createSecureServer(
    { ...certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.stream.session?.socket as TLSSocket;
      const { authorization = '' } = request.headers;
      seen.push(
        `${authorization} ${socket.getPeerCertificate().fingerprint256 === undefined ? 'nobody' : 'certificate'}`,
      );
      response.writeHead(authorization === 'Bearer old' ? 401 : 200).end();
    },
  );
  const port = await listen(t, server);
  const given: Credentials[] = [{ token: 'old' }, { token: 'new' }, certificate];
  let at = 0;
  let closed = 0;
  const transport = createHttpTransport({
    server: `https://127.0.0.1:${port}`,
    tls: async () => ({ ca: certificate.cert }),
    credentials: {
      get: async () => given[at] ?? {},
      refused: (credentials) => {
        assert.equal(credentials, given[at]);
        at++;
      },
      close: () => closed++,
    },
  });
  const status = async () => (await transport.request({ method: 'GET', path: '/', headers: {} })).status;
  assert.deepEqual([await status(), await status()], [401, 200]);
  at = 2;
  assert.equal(await status(), 200);
  assert.deepEqual(seen, ['Bearer old nobody', 'Bearer new nobody', ' certificate']);
  await transport.close();
  assert.equal(closed, 1);
});
