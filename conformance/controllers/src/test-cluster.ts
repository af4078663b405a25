/**
 * A cluster in one process for one test: the real API server over the memory store, all built-in controllers, and somebody
 * who plays the node.
 */
import type { TestContext } from 'node:test';
import { Event, Node } from '@kindred/apis/core/v1';
import { serviceAllocation } from '@kindred/apiserver';
import type { Client, Transport } from '@kindred/client';
import { builtInControllers } from '@kindred/controllers';
import { isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import { createManager, type Manager, type Runnable } from '@kindred/operator';
import {
  atRest,
  collectingLogger,
  countingTransport,
  inProcessApi,
  see,
} from '@kindred-conformance/clients/in-process';
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
  const { between = (transport) => transport } = options;
  const writes: string[] = [];
  const managers: Manager[] = [];
  const api = await inProcessApi(t, {
    admission: async (storage) => [
      await serviceAllocation({ storage, serviceCidr: '10.96.0.0/16', random: Math.random }),
    ],
    beforeClose: async () => void (await Promise.all(managers.map((manager) => manager.close()))),
  });
  const { transport, client, faults: errors } = api;
  const logger = collectingLogger(errors);
  const controllers = createManager({ transport: between(countingTransport(transport, writes)), logger });
  for (const runnable of builtInControllers({ rootCa, kubernetesService })) controllers.add(runnable);
  const node = createManager({ transport, logger });
  node.add(kubelet(options));
  for (const runnable of options.more ?? []) node.add(runnable);
  managers.push(controllers, node);
  for (const name of options.nodes ?? ['node']) await createNode(client, name);
  await Promise.all([controllers.start(), node.start()]);
  return {
    client,
    writes,
    errors,
    atRest: () => atRest(controllers, node),
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

/** Waits until the object is gone. */
export async function gone(client: Client, kind: KindRef<KubeObject>, at: { name: string; namespace?: string }) {
  await see(
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
