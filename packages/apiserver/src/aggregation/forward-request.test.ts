import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { ManualClock, storedElsewhereAnnotation } from '@kindred/machinery';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';
import { apiServices, createTestBackend, reachReason, register, type TestBackend } from '../testing/test-backend.ts';
import { createTestServer, json, type TestServer, type TestServerOptions } from '../testing/test-server.ts';

const groupVersion = '/apis/wardle.example.com/v1';
const flunders = '/apis/wardle.example.com/v1/namespaces/default/flunders';
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
const frontProxyAuthority = createAuthority('front-proxy-ca', validity);
const frontProxy = {
  clientCa: frontProxyAuthority.certificate,
  frontProxyCa: frontProxyAuthority.certificate,
  allowedNames: ['front-proxy-client'],
  client: issueCertificate(frontProxyAuthority, {
    commonName: 'front-proxy-client',
    usages: ['clientAuth'],
    ...validity,
  }),
};

async function withBackend(
  t: TestContext,
  answer: Parameters<typeof createTestBackend>[1],
  options: TestServerOptions = {},
): Promise<{ server: TestServer; backend: TestBackend }> {
  const backend = await createTestBackend(
    t,
    (request, response) => {
      if (request.url?.startsWith(`${groupVersion}/`) === true) answer(request, response);
      else response.writeHead(request.url === groupVersion ? 200 : 404).end('{}');
    },
    { clientCa: frontProxyAuthority.certificate },
  );
  const server = await createTestServer(t, { frontProxy, ...options });
  await register(server, backend);
  await reachReason(server, 'Passed');
  return { server, backend };
}

test('a request reaches the other server with its query, body and user, and without its credentials', async (t) => {
  const { server, backend } = await withBackend(t, (request, response) => {
    response.writeHead(201, {
      'content-type': 'application/json',
      'x-own': request.headers['x-note'],
      connection: 'keep-alive',
    });
    request.pipe(response);
  });
  const answer = await server
    .as({
      username: 'jané',
      uid: '7',
      groups: ['devs', 'a,system:masters'],
      extra: { 'example.com/scope': ['x', 'y'] },
    })
    .call('POST', `${flunders}?dryRun=All&fieldManager=a%2Fb`, 'hello', {
      authorization: 'Bearer secret',
      'x-remote-user': 'root',
      'x-remote-extra-scope': 'all',
      accept: 'application/json;as=Table',
      'x-note': '日本',
    });
  assert.deepEqual([answer.status, answer.headers['x-own'], answer.text], [201, '日本', 'hello']);
  const { url, headers } = backend.requests.at(-1) ?? {};
  assert.equal(url, `${flunders}?dryRun=All&fieldManager=a%2Fb`);
  assert.equal(Buffer.from(String(headers?.['x-remote-user']), 'latin1').toString(), 'jané');
  assert.equal(headers?.['x-remote-group'], 'devs');
  assert.equal(headers?.['x-remote-uid'], '7');
  assert.equal(headers?.['x-remote-extra-example.com%2fscope'], 'x, y');
  assert.equal(headers?.['x-remote-extra-scope'], undefined);
  assert.equal(headers?.authorization, undefined);
  assert.equal(headers?.accept, 'application/json;as=Table');
  assert.equal(headers?.host, 'backend.default.svc');
  assert.equal(headers?.['audit-id'], answer.headers['audit-id']);
  const { metadata } = json(await server.call('GET', '/api/v1/namespaces/default'));
  assert.equal(metadata.annotations?.[storedElsewhereAnnotation], 'wardle.example.com');
});

test('connections are kept, and everything else is still served here', async (t) => {
  const { server, backend } = await withBackend(t, (_request, response) => response.end('{}'));
  const before = backend.connections();
  for (let n = 0; n < 5; n++) assert.equal((await server.call('GET', flunders)).status, 200);
  assert.equal(backend.connections(), before);
  assert.equal((await server.call('GET', '/api/v1/namespaces/default/configmaps')).status, 200);
  assert.equal((await server.call('GET', '/apis/wardle.example.com/v2/flunders')).status, 404);
  const events = server.watch(`${apiServices}?watch=true`);
  await server.call('DELETE', `${apiServices}/v1.wardle.example.com`);
  while ((await events.next()).type !== 'DELETED');
  assert.equal((await server.call('GET', flunders)).status, 404);
});

test('a watch of the other server comes through event by event, and breaks off when that server dies', async (t) => {
  let send: ((text: string) => void) | undefined;
  const { server, backend } = await withBackend(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    send = (text) => void response.write(text);
  });
  const transport = server.api.transport({ username: 'w', groups: ['system:masters'] });
  const { body } = await transport.request({ method: 'GET', path: `${flunders}?watch=true`, headers: {} });
  const chunks = body[Symbol.asyncIterator]();
  for (const text of ['{"type":"ADDED"}\n', '{"type":"DELETED"}\n']) {
    const next = chunks.next();
    send?.(text);
    assert.equal(Buffer.from((await next).value ?? []).toString(), text);
  }
  const broken = assert.rejects(chunks.next(), /broke off/);
  await backend.close();
  await broken;
  const answer = await server.call('GET', flunders);
  assert.equal(answer.status, 503);
  assert.match(
    String(json(answer)['message']),
    /^error trying to reach service: dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
  );
});

test('a client that goes away ends its request at the other server', async (t) => {
  const ended: Promise<unknown>[] = [];
  const { server } = await withBackend(t, (_request, response) => {
    response.writeHead(200).flushHeaders();
    ended.push(once(response, 'close'));
  });
  const transport = server.api.transport({ username: 'w', groups: ['system:masters'] });
  const abort = new AbortController();
  const { body } = await transport.request({
    method: 'GET',
    path: `${flunders}?watch=true`,
    headers: {},
    signal: abort.signal,
  });
  const read = assert.rejects(body[Symbol.asyncIterator]().next());
  abort.abort();
  await read;
  await Promise.all(ended);
});

test('a backend that does not answer in time, or not in HTTP, is told of as such', async (t) => {
  const clock = new ManualClock(Date.now());
  const arrived = new EventEmitter();
  const { server } = await withBackend(
    t,
    ({ method, socket }) => {
      if (method === 'GET') socket.end('garbage\r\n\r\n');
      else arrived.emit('request');
    },
    { clock },
  );
  const garbage = await server.call('GET', flunders);
  assert.equal(garbage.status, 503);
  assert.equal(json(garbage)['message'], 'error trying to reach service: malformed HTTP response');
  const waiting = once(arrived, 'request');
  const late = server.call('POST', flunders, '{}');
  await waiting;
  clock.advance(60_000);
  const answer = await late;
  assert.equal(answer.status, 504);
  assert.equal(json(answer)['reason'], 'Timeout');
});

test('a redirection is not passed on', async (t) => {
  const { server } = await withBackend(t, (_request, response) =>
    response.writeHead(302, { location: 'https://169.254.169.254/' }).end(),
  );
  const answer = await server.call('GET', flunders);
  assert.deepEqual([answer.status, answer.headers['location']], [500, undefined]);
  assert.match(String(json(answer)['message']), /attempted to redirect/);
});

test('large bodies pass at the pace of their readers, whatever their size', async (t) => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const count = 24;
  let written = 0;
  const waiting = new EventEmitter();
  const { server } = await withBackend(t, (request, response) => {
    if (request.method === 'POST') {
      let length = 0;
      request.on('data', (data: Buffer) => (length += data.length));
      request.on('end', () => response.end(String(length)));
      return;
    }
    const write = (): void => {
      while (written < count) {
        written++;
        if (response.write(chunk)) continue;
        waiting.emit('full');
        response.once('drain', write);
        return;
      }
      response.end();
    };
    write();
  });
  const sent = await server.call('POST', flunders, Buffer.concat([chunk, chunk, chunk, chunk]).toString());
  assert.equal(sent.text, String(4 * chunk.length));
  const full = once(waiting, 'full');
  const { body } = await server.api
    .transport({ username: 'slow', groups: ['system:masters'] })
    .request({ method: 'GET', path: flunders, headers: {} });
  await full;
  const reader = body[Symbol.asyncIterator]();
  await reader.next();
  assert.ok(written < count, 'everything was read ahead');
  let length = 0;
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) length += next.value.length;
  assert.ok(length > (count - 1) * chunk.length && written === count);
});

test('a read is sent again when its kept connection was closed meanwhile, a write is not', async (t) => {
  let dropNext = false;
  const methods: string[] = [];
  const { server } = await withBackend(t, (request, response) => {
    methods.push(request.method ?? '');
    if (dropNext) request.socket.destroy();
    else response.end('{}');
    dropNext = false;
  });
  await server.call('GET', flunders);
  dropNext = true;
  assert.equal((await server.call('GET', flunders)).status, 200);
  await server.call('GET', flunders);
  dropNext = true;
  const write = await server.call('POST', flunders, '{}');
  assert.equal(write.status, 503);
  assert.equal(json(write)['message'], 'error trying to reach service: EOF');
  assert.deepEqual(methods, ['GET', 'GET', 'GET', 'GET', 'POST']);
});
