import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { keepEndUnread } from './keep-end-unread.ts';

test('a stream whose end is kept is destroyed after its answer is written, not before', async (t) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listener on loopback has a port.
  const { port } = server.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`);
  t.after(() => {
    client.destroy();
    server.close();
  });
  const asked = once(server, 'stream') as Promise<[ServerHttp2Stream]>;
  const outgoing = client.request({ ':method': 'POST' });
  outgoing.end('body');
  const [stream] = await asked;
  const read: string[] = [];
  stream.on('data', (chunk: Buffer) => {
    if (read.push(chunk.toString()) > 1) return;
    keepEndUnread(stream);
    setImmediate(() => {
      stream.respond({ ':status': 200 });
      stream.end('answer');
    });
  });
  outgoing.setEncoding('utf8');
  outgoing.on('data', (chunk: string) => read.push(chunk));
  await Promise.all([once(stream, 'close'), once(outgoing, 'end')]);
  assert.equal(stream.writableFinished, true);
  assert.equal(stream.errored, null);
  assert.equal(read[0], 'body');
  assert.ok(read.includes('answer'));
});
