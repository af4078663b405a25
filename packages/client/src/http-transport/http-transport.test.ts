import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
  connect as tcpConnect,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { ManualClock } from '@kindred/machinery';
import { readAll } from '../client/body.ts';
import { selfSignedCertificate } from '../testing/self-signed-certificate.ts';
import { until } from '../testing/until.ts';
import type { Transport, TransportResponse } from '../transport.ts';
import { createHttpTransport, type HttpTransportOptions } from './http-transport.ts';
import { fileToken } from './token-source.ts';

let certificate: { cert: string; key: string };
before(async () => {
  certificate = await selfSignedCertificate();
});

type StreamHandler = (stream: ServerHttp2Stream, path: string, headers: Record<string, unknown>) => void;

async function http2Server(t: TestContext, onStream: StreamHandler) {
  const server = createSecureServer({ ...certificate, allowHTTP1: false });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, String(headers[':path']), headers);
  });
  const port = await listen(t, server);
  t.after(() => sessions.forEach((session) => session.destroy()));
  return { server, sessions, port };
}

async function listen(t: TestContext, server: Server | Http2SecureServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function transportTo(t: TestContext, port: number, options: Partial<HttpTransportOptions> = {}): Transport {
  const tls = () => Promise.resolve({ ca: certificate.cert });
  const transport = createHttpTransport({ server: `https://127.0.0.1:${port}`, tls, ...options });
  t.after(() => transport.close());
  return transport;
}

const get = (path: string, signal?: AbortSignal) =>
  ({ method: 'GET', path, headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) }) as const;

const text = async (response: TransportResponse) => Buffer.from(await readAll(response.body)).toString();

test('requests share one HTTP/2 connection; bodies go both ways', async (t) => {
  const { sessions, port } = await http2Server(t, (stream, path, headers) => {
    stream.respond({ ':status': 201, 'x-auth': String(headers['authorization']) });
    stream.write(`${path} `);
    stream.pipe(stream);
  });
  const transport = transportTo(t, port, { token: () => Promise.resolve('secret') });
  const post = (n: number) =>
    transport.request({ method: 'POST', path: `/api/${n}`, headers: {}, body: Buffer.from(`body ${n}`) });
  const answers = await Promise.all([post(1), post(2), post(3)]);
  assert.deepEqual(await Promise.all(answers.map(text)), ['/api/1 body 1', '/api/2 body 2', '/api/3 body 3']);
  assert.equal(answers[0]?.status, 201);
  assert.equal(answers[0]?.headers['x-auth'], 'Bearer secret');
  assert.equal(sessions.length, 1);
});

test('an aborted request is taken back, before the answer and in the middle of it', async (t) => {
  const open = new Set<ServerHttp2Stream>();
  const { port } = await http2Server(t, (stream, path) => {
    open.add(stream);
    stream.on('close', () => open.delete(stream));
    if (path === '/streaming') stream.write('line\n');
  });
  const transport = transportTo(t, port);
  const silent = new AbortController();
  const pending = transport.request(get('/silent', silent.signal));
  await until(() => open.size === 1);
  silent.abort();
  await assert.rejects(pending);
  const streaming = new AbortController();
  const response = await transport.request(get('/streaming', streaming.signal));
  await assert.rejects(async () => {
    for await (const _ of response.body) streaming.abort();
  });
  const left = await transport.request(get('/streaming'));
  for await (const _ of left.body) break;
  await until(() => open.size === 0, 'the streams to be reset');
});

test('after GOAWAY running streams go on, and new requests get a new connection', async (t) => {
  const waiting: ServerHttp2Stream[] = [];
  const { sessions, port } = await http2Server(t, (stream, path) => {
    if (path === '/wait') {
      stream.respond();
      stream.write('first ');
      waiting.push(stream);
    } else {
      stream.respond();
      stream.end('new');
    }
  });
  const transport = transportTo(t, port);
  const old = await transport.request(get('/wait'));
  sessions[0]?.goaway();
  await until(() => sessions.length === 1);
  let answer = '';
  for (let n = 0; sessions.length < 2 && n < 1000; n++) answer = await text(await transport.request(get('/now')));
  assert.equal(answer, 'new');
  assert.equal(sessions.length, 2);
  waiting[0]?.end('last');
  assert.equal(await text(old), 'first last');
});

test('a peer that vanishes without a word is found by ping', async (t) => {
  const { port } = await http2Server(t, (stream) => {
    stream.respond();
    stream.write('hello');
  });
  const between = await silenceableProxy(t, port);
  const clock = new ManualClock();
  const transport = transportTo(t, between.port, { clock });
  const response = await transport.request(get('/watch'));
  const body = response.body[Symbol.asyncIterator]();
  assert.equal(Buffer.from((await body.next()).value as Uint8Array).toString(), 'hello');
  between.silence();
  const next = body.next();
  next.catch(() => undefined);
  clock.advance(15_000);
  clock.advance(15_000);
  await assert.rejects(next);
});

test('a server that is away is tried again, a little later each time', async (t) => {
  const server = createTcpServer();
  const port = await listen(t, server);
  server.close();
  const clock = new ManualClock();
  const transport = transportTo(t, port, { clock });
  await assert.rejects(
    transport.request(get('/')),
    /Unable to connect to https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
  );
  const second = assert.rejects(transport.request(get('/')), /ECONNREFUSED/);
  await until(() => clock.nextDue() === 100);
  clock.advance(100);
  await second;
});

test('a certificate of another authority is refused', async (t) => {
  const { port } = await http2Server(t, (stream) => stream.end());
  const transport = transportTo(t, port, { tls: () => Promise.resolve({}) });
  await assert.rejects(transport.request(get('/')), /self-signed certificate/);
});

test('HTTP/1.1 is spoken where the server chooses it, and without TLS', async (t) => {
  const answer = (request: { url?: string | undefined }, response: { end(text: string): void }) =>
    response.end(`1.1 ${request.url}`);
  const secure = createHttpsServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, answer);
  const plain = createHttpServer(answer);
  const overTls = transportTo(t, await listen(t, secure));
  const overTcp = transportTo(t, 0, { server: `http://127.0.0.1:${await listen(t, plain)}/prefix/` });
  assert.equal(await text(await overTls.request(get('/a'))), '1.1 /a');
  assert.equal(await text(await overTls.request(get('/b'))), '1.1 /b');
  assert.equal(await text(await overTcp.request(get('/c'))), '1.1 /prefix/c');
});

test('a renewed token file is read again', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-token-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'token');
  const clock = new ManualClock();
  const token = fileToken(path, clock);
  await assert.rejects(token(), /could not be read/);
  await writeFile(path, 'one\n');
  assert.equal(await token(), 'one');
  await writeFile(path, 'two');
  assert.equal(await token(), 'one');
  clock.advance(10_000);
  assert.equal(await token(), 'two');
  await rm(path);
  clock.advance(10_000);
  assert.equal(await token(), 'two');
});

/** A TCP proxy that can stop passing anything on without closing a connection. */
async function silenceableProxy(t: TestContext, target: number) {
  const sockets: Socket[] = [];
  const server = createTcpServer((client) => {
    const upstream = tcpConnect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.push(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(t, server);
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const silence = () => {
    for (const socket of sockets) {
      socket.unpipe();
      socket.pause();
    }
  };
  return { port, silence };
}
