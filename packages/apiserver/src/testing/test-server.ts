/**
 * A whole server in a test: memory store, everybody allowed, requests in process.
 */
import type { TestContext } from 'node:test';
import { builtinKinds } from '@kindred/apis';
import { systemClock, type Unstructured } from '@kindred/machinery';
import { openMemoryStore } from '@kindred/store';
import type { UserInfo } from '../authentication/user-info.ts';
import { alwaysAllow } from '../authorization/authorizer.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../server.ts';
import { openApiStorage } from '../storage/api-storage.ts';
import type { ApiStorage } from '../storage/resource-storage.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface TestEvent {
  readonly type: string;
  readonly object: Unstructured;
}

export interface TestServer {
  readonly api: ApiServer;
  /** A body that is no string is sent as JSON. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
  watch(path: string, headers?: Readonly<Record<string, string>>): TestWatch;
  /** The same server, asked by somebody else. */
  as(user: UserInfo): Pick<TestServer, 'call'>;
  close(): Promise<void>;
}

export interface TestWatch {
  /** The next event; fails when the watch is over. */
  next(): Promise<TestEvent>;
  /** Waits for the end: true when it was a clean one. */
  ended(): Promise<boolean>;
}

const testUser: UserInfo = { username: 'tester', groups: ['system:masters', 'system:authenticated'] };

export interface TestServerOptions extends Partial<ApiServerOptions> {
  /** What can only be made over the server's storage. */
  readonly over?: (storage: ApiStorage) => Partial<ApiServerOptions> | Promise<Partial<ApiServerOptions>>;
}

/** Starts a server that ends with the test. */
export async function createTestServer(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const { clock = systemClock, over, ...rest } = options;
  const store = openMemoryStore({ clock });
  const storage = await openApiStorage({ store, clock });
  const faults: unknown[] = [];
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [],
    authorizer: alwaysAllow,
    reportFault: ({ error }) => faults.push(error),
    clock,
    ...rest,
    ...(await over?.(storage)),
  });
  t.after(async () => {
    await api.close();
    await storage.close();
    await store.close();
    if (faults.length > 0) throw faults[0];
  });
  return {
    api,
    call: callerOf(api, testUser),
    as: (user) => ({ call: callerOf(api, user) }),
    watch: (path, headers = {}) =>
      testWatch(linesOf(api.transport(testUser).request({ method: 'GET', path, headers }))),
    close: () => api.close(),
  };
}

function callerOf(api: ApiServer, user: UserInfo): TestServer['call'] {
  const transport = api.transport(user);
  return async (method, path, body, headers = {}) => {
    const sent = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const response = await transport.request({
      method,
      path,
      headers: { 'user-agent': 'test/1', ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { status: response.status, headers: response.headers, text: Buffer.concat(chunks).toString() };
  };
}

/** The answer's body as an object. */
export function json(answer: TestAnswer): Unstructured {
  // Tests look only at what they have asked for.
  return JSON.parse(answer.text) as Unstructured;
}

function testWatch(lines: AsyncGenerator<string>): TestWatch {
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the watch is over');
      return JSON.parse(value) as TestEvent;
    },
    async ended() {
      try {
        return (await lines.next()).done === true;
      } catch {
        return false;
      }
    },
  };
}

async function* linesOf(
  answer: Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> }>,
): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of (await answer).body) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
