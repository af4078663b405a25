/** A platform without node and extensions, with the kind that is written and read, for measuring single requests. */
import { readFile } from 'node:fs/promises';
import type { ClientHttp2Session } from 'node:http2';
import { join } from 'node:path';
import { TestPlatform } from '@kindred-conformance/clients';
import type { Endpoint } from './load.ts';
import { expectSuccess, hammer, openSession, request } from './load.ts';
import { collectionPath, crd, namespaceOf, sampleObject } from './sample.ts';

/** Sessions that load comes over, as many clients share a connection. */
const sessionCount = 4;

export class RunningPlatform {
  readonly #platform: TestPlatform;
  readonly #endpoint: Endpoint;
  readonly #opened: ClientHttp2Session[] = [];
  #created = 0;
  /** Connections to the platform as its administrator. */
  readonly sessions: readonly ClientHttp2Session[];

  private constructor(platform: TestPlatform, endpoint: Endpoint, sessions: readonly ClientHttp2Session[]) {
    this.#platform = platform;
    this.#endpoint = endpoint;
    this.#opened.push(...sessions);
    this.sessions = sessions;
  }

  static async start(): Promise<RunningPlatform> {
    const platform = await TestPlatform.start({ args: ['--extensions', 'none', '--runtime', 'none'] });
    const endpoint = await endpointOf(platform);
    const running = new RunningPlatform(platform, endpoint, await openSessions(endpoint));
    await running.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
    await running.until(collectionPath('default'));
    return running;
  }

  get pid(): number {
    return this.#platform.pid;
  }

  /** For files of a bench; removed at the end. */
  get directory(): string {
    return this.#platform.directory;
  }

  /** The platform's own server certificate and key as files, for the bare servers. */
  get tlsFiles(): readonly string[] {
    return [pki(this.#platform, 'apiserver.crt'), pki(this.#platform, 'apiserver.key')];
  }

  /** As many connections to another server on loopback that uses the same certificate. */
  async connect(port: number): Promise<readonly ClientHttp2Session[]> {
    const sessions = await openSessions({ ...this.#endpoint, url: `https://127.0.0.1:${port}` });
    this.#opened.push(...sessions);
    return sessions;
  }

  async createNamespace(name: string): Promise<void> {
    await this.post('/api/v1/namespaces', namespaceOf(name));
  }

  /** Creates `count` objects of 2 KB under names that were never used, with `clients` requests at a time. */
  async createObjects(namespace: string, load: { count: number; clients: number }): Promise<void> {
    const path = collectionPath(namespace);
    await hammer(this.sessions, load, (session) => {
      const body = Buffer.from(JSON.stringify(sampleObject(`bench-${this.#created++}`)));
      return request(session, postHeaders(path), body);
    });
  }

  /** Body of a GET. */
  async get(path: string): Promise<Buffer> {
    const answer = await request(this.#session, { ':path': path }, undefined, { keep: true });
    expectSuccess(answer);
    return answer.body;
  }

  async post(path: string, object: unknown): Promise<void> {
    expectSuccess(await request(this.#session, postHeaders(path), Buffer.from(JSON.stringify(object))));
  }

  /** Waits until the path is served. */
  async until(path: string): Promise<void> {
    for (;;) {
      const { status } = await request(this.#session, { ':path': path });
      if (status === 200) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async stop(): Promise<void> {
    for (const session of this.#opened) session.destroy();
    await this.#platform.stop();
  }

  get #session(): ClientHttp2Session {
    const [session] = this.sessions;
    if (session === undefined) throw new Error('There is no session');
    return session;
  }
}

export function postHeaders(path: string): Record<string, string> {
  return { ':method': 'POST', ':path': path, 'content-type': 'application/json' };
}

function pki(platform: TestPlatform, file: string): string {
  return join(platform.directory, 'data', 'pki', file);
}

async function endpointOf(platform: TestPlatform): Promise<Endpoint> {
  const files = ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(pki(platform, file), 'utf8'));
  const [ca = '', certificate = '', key = ''] = await Promise.all(files);
  const url = /server: (\S+)/.exec(await readFile(platform.kubeconfig, 'utf8'))?.[1] ?? '';
  return { url, ca, certificate, key };
}

function openSessions(endpoint: Endpoint): Promise<ClientHttp2Session[]> {
  return Promise.all(Array.from({ length: sessionCount }, () => openSession(endpoint)));
}
