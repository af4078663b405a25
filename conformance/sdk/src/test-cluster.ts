/** The real API server in process for one test, and managers over it. */

import type { TestContext } from 'node:test';
import type { Client } from '@kindred/client';
import { createManager, type Manager, type Runnable } from '@kindred/operator';
import { collectingLogger, countingTransport, inProcessApi } from '@kindred-conformance/clients/in-process';

export interface TestCluster {
  readonly client: Client;
  /** Requests of managers that change something, in order. */
  readonly writes: string[];
  /** What went wrong in the background. */
  readonly errors: string[];
  run(...runnables: readonly Runnable[]): Promise<Manager>;
}

export async function testCluster(t: TestContext): Promise<TestCluster> {
  const managers: Manager[] = [];
  const beforeClose = async () => void (await Promise.all(managers.map((manager) => manager.close())));
  const { client, transport, faults: errors } = await inProcessApi(t, { beforeClose });
  const writes: string[] = [];
  return {
    client,
    writes,
    errors,
    async run(...runnables) {
      const logger = collectingLogger(errors);
      const manager = createManager({ transport: countingTransport(transport, writes), logger });
      managers.push(manager);
      for (const runnable of runnables) manager.add(runnable);
      await manager.start();
      return manager;
    },
  };
}
