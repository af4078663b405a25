import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: { readonly metadata?: { readonly name?: string }; readonly spec?: Record<string, unknown> };
}

const site = { metadata: { name: 'kubia', namespace: 'default' }, spec: { gitRepo: 'https://example.com/site.git' } };

/** Plays `kubectl proxy`: hands out watches, takes down the other calls. */
async function start(t: TestContext, { port = 0 } = {}) {
  const watches: ServerResponse[] = [];
  const calls: Call[] = [];
  let answer = 201;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('watch=true')) {
      assert.equal(request.url, '/apis/extensions.example.com/v1/websites?watch=true');
      response.flushHeaders();
      return watches.push(response);
    }
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      calls.push({ method: String(request.method), path: String(request.url), body: JSON.parse(text || '{}') });
      response.writeHead(request.method === 'POST' ? answer : 200).end('{}');
    });
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = (type: string) => watches.at(-1)?.write(`${JSON.stringify({ type, object: site })}\n`);
  const answerWith = (status: number) => {
    answer = status;
  };
  return { port: (server.address() as AddressInfo).port, watches, calls, send, answerWith };
}

function run(t: TestContext, port: number) {
  const program = fileURLToPath(new URL('./legacy-controller.js', import.meta.url));
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  let output = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
    for (const look of waiting) look();
  });
  /** The log without its times, once it has this line. */
  return (line: string) =>
    new Promise<string[]>((resolve) => {
      const look = (): void => {
        const lines = output
          .trim()
          .split('\n')
          .map((each) => each.slice(20));
        if (!lines.includes(line)) return;
        waiting.delete(look);
        resolve(lines);
      };
      waiting.add(look);
      look();
    });
}

test('events become requests, and the log shows them', async (t) => {
  const proxy = await start(t);
  const logged = run(t, proxy.port);
  await logged('website-controller started.');
  while (proxy.watches.length === 0) await new Promise(setImmediate);
  proxy.send('ADDED');
  while (proxy.calls.length < 2) await new Promise(setImmediate);
  proxy.answerWith(409);
  proxy.send('ADDED');
  proxy.send('MODIFIED');
  proxy.send('DELETED');
  await logged('Deleting deployments with name kubia-website in namespace default');
  while (proxy.calls.length < 6) await new Promise(setImmediate);
  const lines = await logged('response Status: 200 OK');
  assert.deepEqual(lines.slice(0, 10), [
    'website-controller started.',
    'Received watch event: ADDED: kubia: https://example.com/site.git',
    'Creating services with name kubia-website in namespace default',
    'response Status: 201 Created',
    'Creating deployments with name kubia-website in namespace default',
    'response Status: 201 Created',
    'Received watch event: ADDED: kubia: https://example.com/site.git',
    'Creating services with name kubia-website in namespace default',
    'response Status: 409 Conflict',
    'Creating deployments with name kubia-website in namespace default',
  ]);
  const [service, deployment] = proxy.calls;
  assert.equal(`${service?.method} ${service?.path}`, 'POST /api/v1/namespaces/default/services/');
  assert.equal(deployment?.path, '/apis/extensions/v1beta1/namespaces/default/deployments/');
  assert.equal(service?.body.spec?.['type'], 'NodePort');
  assert.equal(deployment?.body.metadata?.name, 'kubia-website');
  const { method, path } = proxy.calls[4] ?? {};
  assert.equal(`${method} ${path?.split('?')[0]}`, 'DELETE /api/v1/namespaces/default/services/kubia-website');
});

test('a proxy that is not up yet is waited for', async (t) => {
  const first = await start(t);
  const logged = run(t, first.port);
  await logged('website-controller started.');
  while (first.watches.length === 0) await new Promise(setImmediate);
  first.watches[0]?.end();
  while (first.watches.length === 1) await new Promise(setImmediate);
  first.send('ADDED');
  const lines = await logged('Received watch event: ADDED: kubia: https://example.com/site.git');
  assert.ok(lines.length >= 2);
});
