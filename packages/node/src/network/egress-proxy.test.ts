import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, it } from 'node:test';
import { silentLogger } from '@kindred/machinery';
import { EgressProxy } from './egress-proxy.ts';

const target = createServer((asked, response) => response.end(`${asked.method} ${asked.url}`));
const refuses = (address: string) => address === '127.0.0.9';
const proxy = new EgressProxy({ host: '127.0.0.1', log: silentLogger, refuses });
let targetPort = 0;
let port = 0;

before(async () => {
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  targetPort = (target.address() as AddressInfo).port;
  port = await proxy.start();
});
after(async () => {
  await proxy.close();
  target.close();
});

it('passes requests on', async () => {
  const asked = request({ host: '127.0.0.1', port, path: `http://127.0.0.1:${targetPort}/a?b`, agent: false }).end();
  const [response] = await once(asked, 'response');
  assert.equal((await response.setEncoding('utf8').toArray()).join(''), 'GET /a?b');
});

it('opens tunnels, and says when it cannot', async () => {
  const open = async (to: string) => {
    const asked = request({ host: '127.0.0.1', port, method: 'CONNECT', path: to, agent: false }).end();
    // What 'connect' is emitted with: the answer and its connection.
    return (await once(asked, 'connect')) as [{ statusCode: number }, Duplex];
  };
  const [answer, socket] = await open(`127.0.0.1:${targetPort}`);
  assert.equal(answer.statusCode, 200);
  socket.write('GET /tunnel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.match((await socket.setEncoding('utf8').toArray()).join(''), /GET \/tunnel$/m);
  for (const [to, status] of [
    ['127.0.0.1:1', 502],
    ['127.0.0.9:80', 403],
  ] as const) {
    const [refused, closed] = await open(to);
    assert.equal(refused.statusCode, status);
    closed.destroy();
  }
});

it('leads nobody to addresses that only this machine has, in whatever form', async () => {
  const usual = new EgressProxy({ host: '127.0.0.1', log: silentLogger });
  const usualPort = await usual.start();
  try {
    for (const host of [
      '127.0.0.1',
      'localhost',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '169.254.169.254',
    ]) {
      const path = `${host}:${targetPort}`;
      const asked = request({ host: '127.0.0.1', port: usualPort, method: 'CONNECT', path, agent: false }).end();
      const [answer, socket] = (await once(asked, 'connect')) as [{ statusCode: number }, Duplex];
      socket.destroy();
      assert.equal(answer.statusCode, 403, host);
    }
  } finally {
    await usual.close();
  }
});
