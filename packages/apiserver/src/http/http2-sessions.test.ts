import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { isStatusError, ManualClock } from '@kindred/machinery';
import type { Handler } from '../chain/handler-chain.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { keepEndUnread } from './keep-end-unread.ts';

interface Served {
  readonly client: ClientHttp2Session;
  readonly clock: ManualClock;
  readonly server: Http2Server;
}

/** A server without TLS and a client of it. */
async function serve(t: TestContext, handler: Handler): Promise<Served> {
  const clock = new ManualClock();
  const reading = { maxBytes: 1 << 20, deadlines: new BodyDeadlines(clock, 60_000), onComplete: keepEndUnread };
  const sessions = new Http2Sessions({ handler, reading, clock, idleTimeout: 600_000 });
  const server = createServer();
  server.on('session', (session) => sessions.add(session, { remoteAddress: '', peerCertificate: undefined }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listener on loopback has a port.
  const { port } = server.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`);
  client.on('error', () => undefined);
  t.after(() => {
    client.destroy();
    sessions.destroy();
    server.close();
  });
  return { client, clock, server };
}

function text(status: number, body: string): ApiResponse {
  return { status, headers: {}, body: Buffer.from(body) };
}

/** Answers with what it has read, and collects how each request ended. */
function echo(): { handler: Handler; over: Promise<unknown>[]; failures: string[] } {
  const over: Promise<unknown>[] = [];
  const failures: string[] = [];
  const handler = async (request: ApiRequest): Promise<ApiResponse> => {
    over.push(once(request.signal, 'abort'));
    try {
      return text(200, Buffer.from(await request.body()).toString());
    } catch (error) {
      failures.push(error instanceof Error ? error.message : '');
      return text(isStatusError(error) ? error.code : 500, 'refused');
    }
  };
  return { handler, over, failures };
}

interface Sent {
  readonly chunks: readonly string[];
  readonly announced?: number;
  readonly end?: boolean;
}

async function post(client: ClientHttp2Session, { chunks, announced, end = true }: Sent) {
  const headers = announced === undefined ? {} : { 'content-length': announced };
  const stream = client.request({ ':method': 'POST', ...headers });
  const failed: string[] = [];
  stream.on('error', (error) => failed.push(error.message));
  for (const chunk of chunks) await new Promise((resolve) => stream.write(chunk, resolve));
  if (end) stream.end();
  const read: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => read.push(chunk));
  const status = new Promise((resolve) => {
    stream.on('response', (answer) => resolve(answer[':status']));
    stream.on('close', () => resolve(undefined));
  });
  const ended = new Promise<void>((resolve) => stream.on('end', resolve).on('close', resolve));
  return { stream, status: await status, ended, read, failed };
}

test('a body is the same with its length and without, in one piece and in many', async (t) => {
  const { handler, over } = echo();
  const { client } = await serve(t, handler);
  const long = Array.from({ length: 40 }, (_, index) => `${index}`.repeat(3000));
  for (const chunks of [['x'], ['ab', 'c', 'def'], long, []]) {
    const body = chunks.join('');
    for (const announced of [undefined, body.length]) {
      const { status, ended, read } = await post(client, { chunks, ...(announced === undefined ? {} : { announced }) });
      await ended;
      assert.equal(status, 200);
      assert.equal(Buffer.concat(read).toString(), body);
    }
  }
  // None of the streams stays.
  await Promise.all(over);
  assert.equal(over.length, 8);
});

test('the announced bytes are the body, whether or not the stream has ended', async (t) => {
  const { handler, over } = echo();
  const { client } = await serve(t, handler);
  const { stream, status, ended, read } = await post(client, { chunks: ['abc'], announced: 3, end: false });
  await ended;
  assert.equal(status, 200);
  assert.equal(Buffer.concat(read).toString(), 'abc');
  stream.end();
  await Promise.all(over);
});

test('a client that sends less than it has announced, or more, loses its stream and nothing else', async (t) => {
  const { handler, over, failures } = echo();
  const { client } = await serve(t, handler);
  const short = await post(client, { chunks: ['ab'], announced: 3 });
  assert.equal(short.status, undefined);
  assert.match(short.failed.join(), /PROTOCOL_ERROR/);
  await over[0];
  assert.deepEqual(failures, ['the connection was closed before the request body was complete']);
  const long = await post(client, { chunks: ['abcd'], announced: 3 });
  assert.match(long.failed.join(), /PROTOCOL_ERROR/);
  await over[1];
  assert.equal((await post(client, { chunks: ['abc'], announced: 3 })).status, 200);
});

test('a client that takes its request back leaves no stream behind, whatever reason it gives', async (t) => {
  const { handler, over } = echo();
  let onRead: () => void = () => undefined;
  let answer: () => void = () => undefined;
  const { client } = await serve(t, async (request) => {
    const response = await handler(request);
    onRead();
    await new Promise<void>((resolve) => (answer = resolve));
    return response;
  });
  for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL]) {
    const read = new Promise<void>((resolve) => (onRead = resolve));
    const stream = client.request({ ':method': 'POST', 'content-length': 3 });
    stream.on('error', () => undefined);
    stream.write('abc');
    await read;
    stream.close(code);
    await over.at(-1);
    answer();
  }
  assert.equal(over.length, 2);
});

test('a body that does not arrive in time is answered with 504', async (t) => {
  const { handler, failures } = echo();
  let arrive: () => void = () => undefined;
  const { client, clock } = await serve(t, (request) => {
    const response = handler(request);
    arrive();
    return response;
  });
  for (const headers of [{ 'content-length': 9 }, {}]) {
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const stream = client.request({ ':method': 'POST', ...headers });
    stream.on('error', () => undefined);
    stream.write('part');
    await arrived;
    clock.advance(61_000);
    const [answer] = await once(stream, 'response');
    assert.equal(answer[':status'], 504);
    stream.close();
  }
  assert.deepEqual(failures, Array(2).fill('Timeout: the request body did not arrive in time'));
});

test('a connection is closed when nothing was asked for ten minutes, not while an answer is under way', async (t) => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const { client, clock } = await serve(t, ({ path }) => ({
    status: 200,
    headers: {},
    body: path === '/watch' ? () => finished : Buffer.from('x'),
  }));
  const watch = client.request({ ':path': '/watch' });
  await once(watch, 'response');
  clock.advance(3_600_000);
  finish();
  watch.resume();
  await once(watch, 'close');
  clock.advance(300_000);
  const asked = client.request({ ':path': '/' });
  asked.resume();
  await once(asked, 'close');
  clock.advance(300_000);
  await new Promise<void>((resolve, reject) => client.ping((error) => (error === null ? resolve() : reject(error))));
  clock.advance(599_000);
  assert.equal(client.closed, false);
  clock.advance(61_000);
  await once(client, 'close');
});
