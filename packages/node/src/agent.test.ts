/** The whole agent as its own process against an API server in memory, reached over TLS as in production. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Node, Pod, type PodSpec } from '@kindred/apis/core/v1';
import { createClient } from '@kindred/client';
import { MemoryApi } from '@kindred/client/testing';
import { type NodeAgentProcess, spawnNodeAgent } from './agent-process.ts';
import { processesWithEnvironment } from './runtime/process-table.ts';

const skip = spawnSync('openssl', ['version']).error ? 'needs openssl' : false;

describe('node agent', { skip, timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-agent-'));
  const api = new MemoryApi();
  const client = createClient(api);
  const pki = (name: string) => join(directory, name);
  let server: ReturnType<typeof createServer>;
  let agent: NodeAgentProcess;
  let logs = '';

  before(async () => {
    makeCertificates(directory);
    const tls = { cert: readFileSync(pki('node.crt')), key: readFileSync(pki('node.key')) };
    server = createServer(tls, (request, response) => void bridge(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    agent = start();
    await agent.ready;
  });
  after(async () => {
    await agent.stop();
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function start(): NodeAgentProcess {
    mkdirSync(join(directory, 'node'), { recursive: true });
    const { port } = server.address() as AddressInfo;
    const settings = {
      server: `https://127.0.0.1:${port}`,
      caFile: pki('ca.crt'),
      certFile: pki('node.crt'),
      keyFile: pki('node.key'),
      dataDir: join(directory, 'node'),
      nodeName: 'kubia-node',
      isolation: 'plain' as const,
      plainPodCidr: '127.128.0.0/24',
    };
    return spawnNodeAgent(settings, { onLog: (text) => (logs += text) });
  }

  /** An HTTP request as one of the in-memory API's. */
  async function bridge(
    request: import('node:http').IncomingMessage,
    response: import('node:http').ServerResponse,
  ): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const answer = await api.request({
      method: request.method as 'GET',
      path: request.url ?? '/',
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      signal: gone.signal,
      ...(body.length > 0 && { body }),
    });
    response.writeHead(answer.status, answer.headers);
    response.flushHeaders();
    try {
      for await (const chunk of answer.body) response.write(chunk);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
    response.end();
  }

  const createPod = (name: string, spec: PodSpec) =>
    client.create(Pod, {
      metadata: { name, namespace: 'default', uid: `uid-${name}` },
      spec: { nodeName: 'kubia-node', ...spec },
    });

  async function until<T>(what: () => Promise<T | undefined | false>): Promise<T> {
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      const found = await what();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`waited in vain; the agent's log: ${logs}`);
  }

  async function runningPod(name: string) {
    return until(async () => {
      const pod = await client.get(Pod, { namespace: 'default', name });
      return pod.status?.phase === 'Running' && pod;
    });
  }

  it('registers the node and says what it cannot do', async () => {
    const { isolation, limitations } = await agent.ready;
    assert.equal(isolation, 'plain');
    assert.ok(limitations.some((text) => text.startsWith('ClusterIPs are not served')));
    const node = await client.get(Node, { name: 'kubia-node' });
    assert.equal(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
    assert.equal(node.status?.nodeInfo?.kubeletVersion, 'v1.36.0-kindred');
  });

  it('runs a pod and gives its log to the API server only', async () => {
    const command = ['sh', '-c', 'echo hello; exec sleep 300'];
    await createPod('web', { containers: [{ name: 'main', image: 'busybox', command }] });
    await runningPod('web');
    const { port } = await agent.ready;
    const path = '/containerLogs/default/web/main?tailLines=1';
    const ask = (client: string, asked = path) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const [ca, cert, key] = [pki('ca.crt'), pki(`${client}.crt`), pki(`${client}.key`)].map((file) =>
          readFileSync(file),
        );
        get({ host: '127.0.0.1', port, path: asked, ca, cert, key, agent: false }, (response) => {
          const texts = response.setEncoding('utf8').toArray();
          texts.then((parts) => resolve({ status: response.statusCode, text: parts.join('') }), reject);
        }).on('error', reject);
      });
    await until(async () => (await ask('apiserver')).text === 'hello\n');
    assert.equal((await ask('node')).status, 403);
    assert.equal((await ask('apiserver', '/healthz')).text, 'ok');
    assert.match((await ask('apiserver', '/stats/summary')).text, /"workingSetBytes":[1-9]/);
    const missing = await ask('apiserver', '/containerLogs/default/nothing/main');
    assert.equal(missing.status, 404);
  });

  it('cleans up after an agent that was killed, and starts its pods anew', async () => {
    process.kill(agent.pid, 'SIGKILL');
    await agent.exited;
    agent = start();
    await agent.ready;
    const pod = await until(async () => {
      const found = await client.get(Pod, { namespace: 'default', name: 'web' });
      return found.status?.containerStatuses?.[0]?.restartCount === 1 && found;
    });
    assert.equal(pod.status?.containerStatuses?.[0]?.lastState?.terminated?.reason, 'ContainerStatusUnknown');
    assert.match(logs, /Ended processes of an earlier agent/);
    const [mark] = processesWithEnvironment(`KINDRED_POD_IP=${pod.status?.podIP}`);
    assert.ok(mark);
  });

  it('ends with all its pods', async () => {
    const { status } = await client.get(Pod, { namespace: 'default', name: 'web' });
    assert.equal(await agent.stop(), 0);
    const id = status?.containerStatuses?.[0]?.containerID?.replace('process://', '');
    assert.deepEqual(processesWithEnvironment(`KINDRED_CONTAINER=${id}`), []);
  });
});

/** An authority, and certificates for the node and the API server, by openssl. */
function makeCertificates(directory: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=kubernetes', '-days', '2');
  for (const [name, subject] of [
    ['node', '/O=system:nodes/CN=system:node:kubia-node'],
    ['apiserver', '/CN=kube-apiserver-kubelet-client'],
  ] as const) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      subject,
      '-days',
      '2',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    );
  }
}
