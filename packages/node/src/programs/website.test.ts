/** The Website pod: a web server and git-sync that share a volume, as real containers at each isolation level. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PodSpec } from '@kindred/apis/core/v1';
import type { IsolationLevel } from '../runtime/runtime.ts';
import { createTestNode, type TestNode, testPod } from '../testing/test-node.ts';

for (const level of ['plain', 'namespaces'] as const) {
  const skip = level === 'namespaces' && process.getuid?.() !== 0 ? 'needs root' : false;
  describe(`website pod: ${level}`, { skip, timeout: 60_000 }, () => websiteTests(level));
}

function websiteTests(level: IsolationLevel): void {
  let node: TestNode;
  const site = mkdtempSync(join(tmpdir(), 'kindred-site-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', site, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', ...args], {
      stdio: 'pipe',
    });

  before(async () => {
    git('init', '--quiet', '--initial-branch=main');
    commit('<h1>one</h1>');
    node = await createTestNode(level);
  });
  after(async () => {
    await node.close();
    rmSync(site, { recursive: true, force: true });
  });

  function commit(page: string): void {
    writeFileSync(join(site, 'index.html'), page);
    mkdirSync(join(site, 'docs'), { recursive: true });
    writeFileSync(join(site, 'docs', 'a.txt'), '0123456789');
    git('add', '-A');
    git('commit', '--quiet', '-m', 'Change the page');
  }

  const website = (repository: string): PodSpec => ({
    restartPolicy: 'Always',
    volumes: [{ name: 'html', emptyDir: {} }],
    containers: [
      {
        name: 'main',
        image: 'nginx:alpine',
        ports: [{ containerPort: 80 }],
        volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html', readOnly: true }],
        readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 },
      },
      {
        name: 'git-sync',
        image: 'openweb/git-sync',
        env: [
          { name: 'GIT_SYNC_REPO', value: repository },
          { name: 'GIT_SYNC_DEST', value: '/gitrepo' },
          { name: 'GIT_SYNC_BRANCH', value: 'master' },
          { name: 'GIT_SYNC_REV', value: 'FETCH_HEAD' },
          { name: 'GIT_SYNC_WAIT', value: '0.2' },
        ],
        volumeMounts: [{ name: 'html', mountPath: '/gitrepo' }],
      },
    ],
  });

  function fetchPage(ip: string, path: string, headers: Record<string, string> = {}) {
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const port = node.runtime.hostPort(ip, 80);
      get({ host: ip, port, path, headers, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      }).on('error', reject);
    });
  }

  it('serves the repository, and the next commit', async () => {
    const pod = testPod(website(`file://${site}`), `website-${level}`);
    node.pods.update(pod);
    const status = await node.cluster.until(() => {
      const found = node.cluster.statuses.get(`website-${level}`);
      return found?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ? found : undefined;
    });
    const ip = status.podIP ?? '';
    assert.deepEqual(await fetchPage(ip, '/'), { status: 200, body: '<h1>one</h1>' });
    assert.equal((await fetchPage(ip, '/nothing')).status, 404);
    assert.equal((await fetchPage(ip, '/.git/config')).status, 404);
    assert.equal((await fetchPage(ip, '/%2e%2e/%2e%2e/etc/passwd')).status, 404);
    assert.equal((await fetchPage(ip, '/docs')).status, 301);
    assert.equal((await fetchPage(ip, '/docs/')).status, 403);
    assert.deepEqual(await fetchPage(ip, '/docs/a.txt', { range: 'bytes=2-4' }), { status: 206, body: '234' });
    commit('<h1>two</h1>');
    for (let body = ''; body !== '<h1>two</h1>'; body = (await fetchPage(ip, '/')).body) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    node.pods.remove(pod);
  });

  it('names a repository that does not exist', async () => {
    const pod = testPod(website('file:///nowhere/site.git'), `broken-${level}`);
    node.pods.update(pod);
    const message = await node.cluster.until(() => {
      const statuses = node.cluster.statuses.get(`broken-${level}`)?.containerStatuses ?? [];
      const sync = statuses.find(({ name }) => name === 'git-sync');
      return sync?.lastState?.terminated?.message ?? sync?.state?.terminated?.message;
    });
    assert.match(message, /^cannot clone file:\/\/\/nowhere\/site.git: .*does not (exist|appear)/s);
    node.pods.remove(pod);
  });
}
