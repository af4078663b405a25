/** Starts, ends and crashes of the whole platform: what was acknowledged is there again, and nothing is left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ProcessFigure } from '@kindred-conformance/clients';
import { eventually, kindredProgram, TestPlatform, withDescendants } from '@kindred-conformance/clients';
import { fetchPage } from './fetch-page.ts';
import { rawClient } from './raw-client.ts';
import { filesBelow, tracesOf } from './traces.ts';

const dataOf = (directory: string): string => join(directory, 'data');

async function assertNothingLeft(directory: string): Promise<void> {
  assert.deepEqual(await tracesOf(dataOf(directory)), []);
}

function page(platform: TestPlatform): Promise<string> {
  return eventually('the page', () => fetchPage(platform.printed('page')));
}

const agentOf = (platform: TestPlatform): ProcessFigure => {
  const agent = withDescendants(platform.pid).find(({ words }) => words.includes('node-agent'));
  assert.ok(agent, 'no node agent runs');
  return agent;
};

const webServerOf = (platform: TestPlatform): ProcessFigure => {
  const found = withDescendants(platform.pid).filter(({ words }) => /static-server\.\w+ /.test(words));
  const server = found.find(({ words }) => !words.startsWith('nsenter') && !words.startsWith('sh '));
  assert.ok(server, 'no web server runs');
  return server;
};

async function restarts(platform: TestPlatform): Promise<number> {
  const path = '{.items[*].status.containerStatuses[?(@.name=="main")].restartCount}';
  return Number(await platform.kubectlOk(['get', 'pods', '--output', `jsonpath=${path}`]));
}

describe('lifecycle', () => {
  it('ends with 0 and without a trace when a signal comes while it starts', async () => {
    const endAfter = async (milliseconds: number, signal: 'SIGINT' | 'SIGTERM'): Promise<void> => {
      const directory = await mkdtemp(join(tmpdir(), 'kindred-lifecycle-'));
      const args = [kindredProgram, 'up', '--data-dir', dataOf(directory), '--secure-port', '0'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      let printed = '';
      child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      await delay(milliseconds);
      const started = performance.now();
      child.kill(signal);
      const [code] = await once(child, 'close');
      // Before the program has been loaded, the signal ends Node itself.
      assert.ok(code === 0 || printed === '', `signalled after ${milliseconds} ms, ended with ${code}: ${printed}`);
      assert.ok(performance.now() - started < 5_000);
      await assertNothingLeft(directory);
      await rm(directory, { recursive: true });
    };
    await Promise.all([endAfter(100, 'SIGTERM'), endAfter(700, 'SIGTERM')]);
    await Promise.all([endAfter(1200, 'SIGINT'), endAfter(1800, 'SIGTERM')]);
  });

  it('survives every end, again and again, and its logs hold no secrets', async (t) => {
    const first = await TestPlatform.start();
    const { directory } = first;
    const printed: string[] = [];
    let running: TestPlatform | undefined = first;
    const start = async (...args: string[]): Promise<TestPlatform> => {
      running = await TestPlatform.start({ directory, args });
      return running;
    };
    t.after(async () => {
      await running?.end();
      await rm(directory, { recursive: true, force: true });
    });
    const finish = async (platform: TestPlatform, signal: 'SIGINT' | 'SIGTERM'): Promise<void> => {
      const { code, milliseconds } = await platform.end(signal);
      printed.push(platform.output);
      assert.equal(code, 0, platform.output);
      assert.ok(milliseconds < 5_000, `ended after ${milliseconds} ms`);
      await assertNothingLeft(directory);
    };
    const html = await page(first);

    await t.test('a token that a client got is accepted after a restart', async () => {
      await first.kubectlOk(['create', 'configmap', 'kept', '--from-literal=a=b']);
      const token = (await first.kubectlOk(['create', 'token', 'default'])).trim();
      await finish(first, 'SIGTERM');
      const again = await start();
      const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } });
      const path = '/apis/authentication.k8s.io/v1/tokenreviews';
      const client = await rawClient(again.kubeconfig);
      const { text } = await client.http2({ method: 'POST', path, contentType: 'application/json', body });
      assert.match(text, /"username":"system:serviceaccount:default:default"/);
      assert.equal(await page(again), html);
      await finish(again, 'SIGINT');
    });

    await t.test('a control plane that is killed takes its pods along, and serves everything again', async () => {
      const killed = await start();
      const before = withDescendants(killed.pid).map(({ pid, started }) => `${pid} ${started}`);
      await killed.kubectlOk(['create', 'configmap', 'acknowledged', '--from-literal=a=b']);
      await killed.end('SIGKILL');
      await eventually('the end of the agent and its pods', () => {
        const left = withDescendants(1).filter(({ pid, started }) => before.includes(`${pid} ${started}`));
        return left.length === 0 ? true : undefined;
      });
      await assertNothingLeft(directory);
      const again = await start();
      assert.match(await again.kubectlOk(['get', 'configmaps', '--output', 'name']), /acknowledged[^]*kept/);
      assert.equal(await page(again), html);
      // Killed and started at once: the old agent may still be at work.
      await again.end('SIGKILL');
      const third = await start();
      assert.equal(await page(third), html);
      await finish(third, 'SIGTERM');
    });

    await t.test('an agent that is killed is started again, and so are its pods', async () => {
      const platform = await start();
      const client = await rawClient(platform.kubeconfig);
      const ready = () => client.http1({ method: 'GET', path: '/readyz' });
      assert.equal((await ready()).status, 200);
      const { pid } = agentOf(platform);
      process.kill(pid, 'SIGKILL');
      const broken = await eventually('readyz to fail', async () => {
        const response = await ready();
        return response.status === 500 ? response : undefined;
      });
      assert.match(broken.text, /\[-\]node-agent failed/);
      assert.match(broken.text, /\[\+\]etcd ok/);
      await eventually('readyz to answer', async () => ((await ready()).status === 200 ? true : undefined));
      assert.notEqual(agentOf(platform).pid, pid);
      assert.equal(await page(platform), html);
      await finish(platform, 'SIGTERM');
    });

    await t.test('a program of a pod that is killed is started again', async () => {
      const platform = await start();
      const before = await restarts(platform);
      process.kill(webServerOf(platform).pid, 'SIGKILL');
      await eventually('the restart', async () => ((await restarts(platform)) > before ? true : undefined));
      assert.equal(await page(platform), html);
      await finish(platform, 'SIGTERM');
    });

    await t.test('a second Ctrl-C ends it at once, and its agent cleans up', async () => {
      const platform = await start('--extensions', 'none');
      const command = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
      const container = { name: 'deaf', image: 'nginx:alpine', command: [process.execPath, '-e', command] };
      const overrides = JSON.stringify({ spec: { containers: [container] } });
      await platform.kubectlOk(['run', 'deaf', '--image=nginx:alpine', '--overrides', overrides]);
      await eventually('the pod to run', async () =>
        (await platform.kubectl(['logs', 'deaf'])).stdout === 'up\n' ? true : undefined,
      );
      const ended = platform.end('SIGINT');
      await delay(500);
      process.kill(platform.pid, 'SIGINT');
      const { milliseconds } = await ended;
      printed.push(platform.output);
      assert.ok(milliseconds < 2_000, `ended after ${milliseconds} ms`);
      let left = await tracesOf(dataOf(directory));
      for (let tries = 0; left.length > 0 && tries < 50; tries++) {
        await delay(100);
        left = await tracesOf(dataOf(directory));
      }
      assert.deepEqual(left, []);
    });

    await t.test('no log and no output holds a token or a key', () => {
      const texts = [
        ...filesBelow(join(dataOf(directory), 'logs')),
        ...filesBelow(join(dataOf(directory), 'node', 'logs')),
      ];
      assert.ok(texts.length >= 2);
      for (const { path, text } of [...texts, ...printed.map((text) => ({ path: 'output', text }))]) {
        assert.doesNotMatch(text, /PRIVATE KEY|eyJhbGciOi|[Bb]earer [\w-]{16}/, path);
      }
    });
  });

  it('runs twice on one machine, each with addresses of its own', async () => {
    const [one, two] = await Promise.all([TestPlatform.start(), TestPlatform.start()]);
    try {
      const address = ['get', 'service', 'kubernetes', '--output', 'jsonpath={.spec.clusterIP}'];
      assert.notEqual(await one.kubectlOk(address), await two.kubectlOk(address));
      assert.equal(await page(one), await page(two));
      for (const platform of [one, two]) {
        const log = filesBelow(join(platform.directory, 'data', 'logs')).map(({ text }) => text);
        assert.doesNotMatch(log.join(''), /EADDRINUSE|EADDRNOTAVAIL/);
      }
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
  });

  it('does without a node, without a store on disk, without extensions', async () => {
    const args = ['--runtime', 'none', '--store', 'memory', '--extensions', 'none'];
    await using platform = await TestPlatform.start({ args });
    const client = await rawClient(platform.kubeconfig);
    const { text } = await client.http1({ method: 'GET', path: '/readyz?verbose' });
    assert.match(text, /\[\+\]etcd ok\n[^]*start-controllers ok/);
    assert.doesNotMatch(text, /node-agent|extensions/);
    assert.equal(await platform.kubectlOk(['get', 'nodes,crds', '--output', 'name']), '');
    assert.equal(withDescendants(platform.pid).length, 1);
  });

  it('runs an extension that is given by its path', async () => {
    const path = fileURLToPath(import.meta.resolve('@kindred-examples/website'));
    await using platform = await TestPlatform.start({ args: ['--runtime', 'none', '--extensions', path] });
    const client = await rawClient(platform.kubeconfig);
    const { text } = await client.http1({ method: 'GET', path: '/readyz?verbose' });
    assert.match(text, /\[\+\]extensions ok\n[^]*readyz check passed/);
    assert.doesNotMatch(text, /node-agent/);
    await eventually('the children of the Website', async () =>
      (await platform.kubectl(['get', 'deployment,service', 'kubia-website'])).code === 0 ? true : undefined,
    );
  });
});
