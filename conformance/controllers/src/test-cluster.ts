/**
 * A cluster in one process for one test: the real API server over the memory store, all built-in controllers, and somebody
 * who plays the node.
 */
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtinKinds } from '@kindred/apis';
import { Event, Node } from '@kindred/apis/core/v1';
import { alwaysAllow, createApiServer, openApiStorage, serviceAllocation } from '@kindred/apiserver';
import { type Client, createClient, type Transport, type TransportRequest } from '@kindred/client';
import { builtInControllers } from '@kindred/controllers';
import { isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import { createManager, type Runnable } from '@kindred/operator';
import { openMemoryStore } from '@kindred/store';
import { type KubeletOptions, kubelet } from './kubelet.ts';

export interface TestCluster {
  /** Acts as the person in front of the cluster. */
  readonly client: Client;
  /** What controllers wrote, in order: `PATCH /apis/…`. Events are left out. */
  readonly writes: string[];
  /** Faults of the server and errors that controllers logged. */
  readonly errors: string[];
  /** Resolves once no controller has had anything to do for a while. */
  atRest(): Promise<void>;
  /** Texts of the events about an object, oldest first. */
  eventsOf(object: KubeObject): Promise<string[]>;
}

export interface TestClusterOptions extends KubeletOptions {
  /** Nodes with 4 cpus and 8 GiB; one named `node` when not given. */
  readonly nodes?: readonly string[];
  readonly more?: readonly Runnable[];
  /** What stands between the controllers and the server. */
  readonly between?: (transport: Transport) => Transport;
}

const rootCa = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';
const kubernetesService = { address: '127.0.0.1', port: 6443, clusterIP: '10.96.0.1' };

export async function testCluster(t: TestContext, options: TestClusterOptions = {}): Promise<TestCluster> {
  const store = openMemoryStore();
  const storage = await openApiStorage({ store });
  const { between = (transport) => transport } = options;
  const errors: string[] = [];
  const writes: string[] = [];
  const api = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [],
    authorizer: alwaysAllow,
    admission: [await serviceAllocation({ storage, serviceCidr: '10.96.0.0/16', random: Math.random })],
    reportFault: ({ error }) => errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const transport = api.transport({ username: 'tester', groups: ['system:masters', 'system:authenticated'] });
  const client = createClient(transport, { userAgent: 'person' });
  const logger = collecting(errors);
  const controllers = createManager({ transport: between(counting(transport, writes)), logger });
  for (const runnable of builtInControllers({ rootCa, kubernetesService })) controllers.add(runnable);
  const node = createManager({ transport, logger });
  node.add(kubelet(options));
  for (const runnable of options.more ?? []) node.add(runnable);
  t.after(async () => {
    await Promise.all([controllers.close(), node.close()]);
    await api.close();
    await storage.close();
    await store.close();
  });
  for (const name of options.nodes ?? ['node']) await createNode(client, name);
  await Promise.all([controllers.start(), node.start()]);
  return {
    client,
    writes,
    errors,
    async atRest() {
      for (let quiet = 0; quiet < 8; ) {
        await sleep(5);
        quiet = controllers.isIdle() && node.isIdle() ? quiet + 1 : 0;
      }
    },
    async eventsOf(object) {
      const fieldSelector = `involvedObject.name=${object.metadata.name}`;
      const { items } = await client.list(Event, { namespace: object.metadata.namespace }, { fieldSelector });
      return items.map(({ reason, message }) => `${reason}: ${message}`);
    },
  };
}

export async function createNode(client: Client, name: string): Promise<void> {
  await client.create(Node, { metadata: { name } });
  const amounts = { cpu: '4', memory: '8Gi', pods: '200' };
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { allocatable: amounts, capacity: amounts, conditions };
  await client.mergePatch(Node, { name }, { status }, { subresource: 'status' });
}

/** Looks again and again until what it sees is enough. */
export async function eventually<T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + 8000;
  for (;;) {
    const seen = await look();
    if (isEnough(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Waited in vain; last seen: ${JSON.stringify(seen, undefined, 1)}`);
    await sleep(5);
  }
}

/** Waits until the object is gone. */
export async function gone(client: Client, kind: KindRef<KubeObject>, at: { name: string; namespace?: string }) {
  await eventually(
    () => find(client, kind, at),
    (found) => found === undefined,
  );
}

export async function find<T extends KubeObject>(
  client: Client,
  kind: KindRef<T>,
  at: { name: string; namespace?: string },
): Promise<Observed<T> | undefined> {
  try {
    return await client.get(kind, at);
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function counting(transport: Transport, writes: string[]): Transport {
  return {
    request(request: TransportRequest) {
      const [path = ''] = request.path.split('?', 1);
      if (request.method !== 'GET' && !path.includes('/events')) writes.push(`${request.method} ${path}`);
      return transport.request(request);
    },
    close: () => transport.close(),
  };
}

function collecting(errors: string[]) {
  const logger = {
    info: () => undefined,
    debug: () => undefined,
    error: (message: string, error: unknown, fields?: object) => {
      const text = error instanceof Error ? error.message : String(error);
      errors.push(`${message}: ${text} ${JSON.stringify(fields ?? {})}`);
    },
    with: () => logger,
  };
  return logger;
}
