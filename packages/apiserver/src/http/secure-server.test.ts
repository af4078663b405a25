import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { isStatusError, systemClock } from '@kindred/machinery';
import { type ClusterCertificates, loadClusterCertificates } from '../pki/cluster-certificates.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { ListenError } from './listen-error.ts';
import { SecureServer } from './secure-server.ts';

let directory = '';
let certificates: ClusterCertificates;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secure-server-'));
  certificates = await loadClusterCertificates({
    directory,
    serverNames: [],
    serverAddresses: [],
    nodeName: 'n',
    nodeAddresses: [],
    now: Date.now(),
  });
});

after(() => rm(directory, { recursive: true, force: true }));

type TestHandler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

function text(status: number, body: string): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(body) };
}

async function listen(handler: TestHandler): Promise<{ server: SecureServer; port: number }> {
  const server = new SecureServer(handler, systemClock);
  const { authority, apiserver } = certificates;
  const tls = { cert: apiserver.certificate, key: apiserver.key, clientCa: authority.certificate };
  const { port } = await server.listen({ host: '127.0.0.1', port: 0, tls });
  return { server, port };
}

function session(port: number, client?: { certificate: string; key: string }): ClientHttp2Session {
  return connect(`https://127.0.0.1:${port}`, {
    ca: certificates.authority.certificate,
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
  });
}

async function call(
  http2: ClientHttp2Session,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<{ status: number; text: string }> {
  const stream = http2.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let status = 0;
  stream.on('response', (answer) => (status = Number(answer[':status'])));
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return { status, text: Buffer.concat(chunks).toString() };
}

async function echoBody(request: ApiRequest): Promise<ApiResponse> {
  try {
    return text(200, String((await request.body()).byteLength));
  } catch (error) {
    return text(isStatusError(error) ? error.code : 500, 'refused');
  }
}

test('HTTP/2 and HTTP/1.1 are served on one port', async (t) => {
  const { server, port } = await listen(({ method, path, rawQuery, headers }) => ({
    status: 200,
    headers: { 'x-user': headers['x-user'] ?? '' },
    body: Buffer.from(`${method} ${path} ${rawQuery} ${headers['x-user'] ?? ''}`),
  }));
  t.after(() => server.close());
  const http2 = session(port);
  const user = 'jané 日本';
  const bytes = Buffer.from(user).toString('latin1');
  assert.deepEqual(await call(http2, { ':path': '/a?b=c', 'x-user': bytes }), {
    status: 200,
    text: `GET /a b=c ${user}`,
  });
  http2.close();
  const answer = await new Promise<readonly unknown[]>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/x',
      headers: { 'x-user': bytes },
      ca: certificates.authority.certificate,
      agent: false,
    } as const;
    const outgoing = httpsRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve([Buffer.concat(chunks).toString(), incoming.headers['x-user']]));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
  assert.deepEqual(answer, [`GET /x  ${user}`, bytes]);
});

test('a client certificate of the own authority is verified, no certificate is fine too', async (t) => {
  const seen: (string | undefined)[] = [];
  const { server, port } = await listen((request) => {
    const { peerCertificate } = request;
    seen.push(peerCertificate?.verified === true ? peerCertificate.commonName : undefined);
    return text(200, '');
  });
  t.after(() => server.close());
  for (const client of [certificates.admin, undefined]) {
    const http2 = session(port, client);
    await call(http2, { ':path': '/' });
    http2.close();
  }
  assert.deepEqual(seen, ['kubernetes-admin', undefined]);
});

test('a body of 4 MiB is refused, one of 3 MiB is read', async (t) => {
  const { server, port } = await listen(echoBody);
  t.after(() => server.close());
  const http2 = session(port);
  const big = await call(http2, { ':method': 'POST', ':path': '/' }, Buffer.alloc(4 << 20, 120));
  assert.equal(big.status, 413);
  const fits = await call(http2, { ':method': 'POST', ':path': '/' }, Buffer.alloc(3 << 20, 120));
  assert.deepEqual(fits, { status: 200, text: String(3 << 20) });
  http2.close();
});

test('a client that speaks nonsense loses its connection and nothing else', async (t) => {
  const { server, port } = await listen(() => text(200, 'ok'));
  t.after(() => server.close());
  const socket = connectTls({ host: '127.0.0.1', port, ca: certificates.authority.certificate, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write('\u0000\u0001 this is no HTTP/2 at all, by any means whatever it may look like');
  await once(socket, 'close');
  const http2 = session(port);
  assert.equal((await call(http2, { ':path': '/' })).text, 'ok');
  http2.close();
});

test('closing ends a stream that goes on for ever within five seconds', async () => {
  const { server, port } = await listen(() => ({
    status: 200,
    headers: {},
    body: (writer) =>
      new Promise((resolve) => {
        writer.write(Buffer.from('x'));
        writer.onClose(resolve);
      }),
  }));
  const http2 = session(port);
  http2.on('error', () => undefined);
  const stream = http2.request({ ':path': '/' });
  stream.on('error', () => undefined);
  stream.resume();
  await once(stream, 'data');
  const started = performance.now();
  await server.close();
  assert.ok(performance.now() - started < 5000);
  http2.destroy();
});

test('a port that is taken is told as such', async (t) => {
  const { server, port } = await listen(() => text(200, ''));
  t.after(() => server.close());
  const second = new SecureServer(() => text(200, ''), systemClock);
  const { authority, apiserver } = certificates;
  const tls = { cert: apiserver.certificate, key: apiserver.key, clientCa: authority.certificate };
  await assert.rejects(
    second.listen({ host: '127.0.0.1', port, tls }),
    (error) => error instanceof ListenError && error.code === 'addressInUse',
  );
});

/** A streamed body that tells when it runs, and whether anybody reads it. */
function watchedBody(): { answer: ApiResponse; ran: Promise<boolean> } {
  let tell: (closed: boolean) => void = () => undefined;
  const ran = new Promise<boolean>((resolve) => (tell = resolve));
  const body = async (writer: { closed: boolean }): Promise<void> => tell(writer.closed);
  return { answer: { status: 200, headers: {}, body }, ran };
}

test('a streamed answer whose client is gone ends without a reader, over both protocols', async (t) => {
  for (const protocol of ['h2', 'http/1.1']) {
    const { answer, ran } = watchedBody();
    const aborted: Promise<unknown>[] = [];
    let tellArrived: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (tellArrived = resolve));
    const { server, port } = await listen(async (request) => {
      aborted.push(once(request.signal, 'abort'));
      tellArrived();
      await aborted[0];
      return answer;
    });
    t.after(() => server.close());
    const ca = certificates.authority.certificate;
    if (protocol === 'h2') {
      const http2 = session(port);
      const stream = http2.request({ ':path': '/' });
      stream.on('error', () => undefined);
      await arrived;
      stream.close(8);
      assert.equal(await ran, true);
      http2.close();
    } else {
      const outgoing = httpsRequest({ host: '127.0.0.1', port, ca, agent: false });
      outgoing.on('error', () => undefined);
      outgoing.end();
      await arrived;
      outgoing.destroy();
      assert.equal(await ran, true);
    }
  }
});

test('HEAD sends the headers of a streamed answer, and ends it', async (t) => {
  for (const protocol of ['h2', 'http/1.1']) {
    const { answer, ran } = watchedBody();
    const { server, port } = await listen(() => answer);
    t.after(() => server.close());
    if (protocol === 'h2') {
      const http2 = session(port);
      assert.equal((await call(http2, { ':method': 'HEAD', ':path': '/' })).status, 200);
      http2.close();
    } else {
      const options = { host: '127.0.0.1', port, ca: certificates.authority.certificate, agent: false } as const;
      const outgoing = httpsRequest({ ...options, method: 'HEAD' });
      outgoing.end();
      const [incoming] = await once(outgoing, 'response');
      incoming.resume();
      assert.equal(incoming.statusCode, 200);
    }
    assert.equal(await ran, true);
  }
});
