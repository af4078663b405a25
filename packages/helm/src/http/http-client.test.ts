import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { selfSignedCertificate } from '@kindred/client/testing';
import { HttpClient } from './http-client.ts';

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  return (server.address() as AddressInfo).port;
}

const answer: RequestListener = (request, response) => response.end(`${request.method} ${request.url}`);

test('sends plain requests through a proxy in absolute form', async (t) => {
  const seen: IncomingMessage[] = [];
  const port = await listen(
    t,
    createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    }),
  );
  const client = new HttpClient({ proxy: () => new URL(`http://us%20er:pw@127.0.0.1:${port}`) });
  t.after(() => client.close());
  const { body } = await client.send({ url: new URL('http://charts.test/a?b=c'), maxBytes: 100 });
  assert.equal(Buffer.from(body).toString(), 'GET http://charts.test/a?b=c');
  assert.equal(seen[0]?.headers.host, 'charts.test');
  assert.equal(seen[0]?.headers['proxy-authorization'], `Basic ${Buffer.from('us er:pw').toString('base64')}`);
});

test('tunnels TLS through a proxy, which may refuse', async (t) => {
  const tls = await selfSignedCertificate();
  const target = await listen(t, createTlsServer(tls, answer));
  const proxy = createServer();
  proxy.on('connect', (request: IncomingMessage, socket) => {
    if (request.url !== 'localhost:443') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const upstream = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    return socket;
  });
  const port = await listen(t, proxy);
  const client = new HttpClient({ tls: { ca: tls.cert }, proxy: () => new URL(`http://127.0.0.1:${port}`) });
  t.after(() => client.close());
  const { body } = await client.send({ url: new URL('https://localhost/a'), maxBytes: 100 });
  assert.equal(Buffer.from(body).toString(), 'GET /a');
  await assert.rejects(client.send({ url: new URL('https://elsewhere.test/a'), maxBytes: 100 }), {
    message: 'Get "https://elsewhere.test/a": Forbidden',
  });
});

test('reads up to the limit, ends when aborted, and says what went wrong', async (t) => {
  const port = await listen(
    t,
    createServer((request, response) => {
      if (request.url !== '/never') response.end('x'.repeat(1000));
    }),
  );
  const client = new HttpClient();
  t.after(() => client.close());
  const at = (path: string): URL => new URL(`http://127.0.0.1:${port}${path}`);
  await assert.rejects(client.send({ url: at('/'), maxBytes: 999 }), {
    message: 'the answer is larger than 999 bytes',
  });
  const aborting = new AbortController();
  const sent = client.send({ url: at('/never'), maxBytes: 1, signal: aborting.signal });
  aborting.abort();
  await assert.rejects(sent, { message: `Get "${at('/never').href}": context canceled` });
  await assert.rejects(client.send({ url: new URL('http://u:secret@127.0.0.1:1/'), maxBytes: 1 }), {
    message: 'Get "http://u:***@127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
  });
  await assert.rejects(client.send({ url: new URL('file:///etc/passwd'), maxBytes: 1 }), {
    message: 'scheme "file" not supported',
  });
});
