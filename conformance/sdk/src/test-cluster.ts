/** The real API server in process, over the memory store, for one test; everybody may do everything. */

import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtinKinds } from '@kindred/apis';
import { alwaysAllow, createApiServer, openApiStorage } from '@kindred/apiserver';
import { type Client, createClient, type Transport, type TransportRequest } from '@kindred/client';
import { createManager, type Manager, type Runnable } from '@kindred/operator';
import { openMemoryStore } from '@kindred/store';

export interface TestCluster {
  readonly client: Client;
  /** Requests of managers that change something, in order. */
  readonly writes: string[];
  /** What went wrong in the background. */
  readonly errors: string[];
  run(...runnables: readonly Runnable[]): Promise<Manager>;
}

export async function testCluster(t: TestContext): Promise<TestCluster> {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  const errors: string[] = [];
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [],
    authorizer: alwaysAllow,
    reportFault: ({ error }) => errors.push(String(error)),
  });
  const transport = api.transport({ username: 'tester', groups: ['system:masters', 'system:authenticated'] });
  const managers: Manager[] = [];
  const writes: string[] = [];
  t.after(async () => {
    await Promise.all(managers.map((manager) => manager.close()));
    await api.close();
    await storage.close();
    await store.close();
  });
  return {
    client: createClient(transport, { userAgent: 'person' }),
    writes,
    errors,
    async run(...runnables) {
      const manager = createManager({ transport: counting(transport, writes), logger: collecting(errors) });
      managers.push(manager);
      for (const runnable of runnables) manager.add(runnable);
      await manager.start();
      return manager;
    },
  };
}

function counting(transport: Transport, writes: string[]): Transport {
  return {
    request(request: TransportRequest) {
      if (request.method !== 'GET') writes.push(`${request.method} ${request.path.split('?', 1)[0]}`);
      return transport.request(request);
    },
    close: () => transport.close(),
  };
}

function collecting(errors: string[]) {
  const logger = {
    info: () => undefined,
    debug: () => undefined,
    error: (message: string, error: unknown) => {
      errors.push(`${message}: ${error instanceof Error ? error.message : String(error)}`);
    },
    with: () => logger,
  };
  return logger;
}

/** Looks again and again until what it sees is enough; the last look's failure is the test's. */
export async function eventually<T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5000;
  for (;;) {
    try {
      const seen = await look();
      if (isEnough(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`Waited in vain; last seen: ${JSON.stringify(seen)}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(5);
  }
}

/** Resolves once the manager has had nothing to do for a while. */
export async function atRest(manager: Manager): Promise<void> {
  let quiet = 0;
  while (quiet < 10) {
    await sleep(5);
    quiet = manager.isIdle() ? quiet + 1 : 0;
  }
}
