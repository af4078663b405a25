/**
 * Keeps the node known to the cluster: its Node object, its Lease (renewed every 10 s, the cheap sign of life) and its
 * status (written when it changes, and every 5 min), as the kubelet does.
 */

import { Lease } from '@kindred/apis/coordination/v1';
import { Node } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import type { Logger } from '@kindred/machinery';
import { type Clock, isStatusError, type Observed } from '@kindred/machinery';
import { type MachineFigures, type NodeIdentity, nodeLabels, nodeStatus } from './node-status.ts';

/** What the cluster has of the node from earlier starts. */
export interface Registered {
  readonly node: Observed<Node> | undefined;
  readonly lease: Observed<Lease> | undefined;
}

export interface RegistrationOptions {
  /** What {@link findRegistered} found. */
  readonly found: Registered;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: NodeIdentity;
  readonly figures: () => MachineFigures;
}

const leasePeriodMs = 10_000;
const leaseSeconds = 40;
const statusPeriodMs = 300_000;
const leaseNamespace = 'kube-node-lease';

export class Registration {
  readonly #options: RegistrationOptions;
  #node: Observed<Node> | undefined;
  #lease: Observed<Lease> | undefined;
  #statusAt = 0;
  #statusKey = '';
  #closed = false;
  #cancel = () => {};

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#node = options.found.node;
    this.#lease = options.found.lease;
  }

  /** Resolves when the node is registered and Ready; goes on renewing. */
  async start(): Promise<void> {
    if (this.#node === undefined) await this.#register();
    await this.#beat();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #register(): Promise<void> {
    const { client, identity, figures } = this.#options;
    const { name, podCidr } = identity;
    this.#node = await labelledNode(client, name, figures());
    if (this.#node !== undefined) return;
    const spec = { podCIDR: podCidr, podCIDRs: [podCidr] };
    const labels = nodeLabels(name, figures().architecture);
    this.#node = await client.create(Node, { metadata: { name, labels }, spec });
  }

  async #beat(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await Promise.all([this.#writeStatus(), this.#renewLease()]);
    } catch (error) {
      log.error('Node could not report', error);
      this.#lease = undefined;
      // Somebody may have deleted the node: register again before the next report.
      if (isStatusError(error, 'NotFound')) this.#node = undefined;
    }
    if (this.#closed) return;
    this.#cancel = clock.after(leasePeriodMs, () => void this.#again());
  }

  async #again(): Promise<void> {
    try {
      if (!this.#node) await this.#register();
    } catch (error) {
      this.#options.log.error('Node could not be registered', error);
    }
    await this.#beat();
  }

  async #writeStatus(): Promise<void> {
    const { client, clock, identity, figures } = this.#options;
    const now = clock.now();
    const status = nodeStatus(identity, figures(), this.#node, now);
    const key = JSON.stringify([
      status.conditions?.map((condition) => condition.status),
      status.capacity,
      status.addresses,
      identity.port,
    ]);
    const isDue = key !== this.#statusKey || now - this.#statusAt >= statusPeriodMs;
    if (!isDue && !(await this.#isCalledSilent())) return;
    this.#node = await client.strategicPatch(Node, { name: identity.name }, { status }, { subresource: 'status' });
    this.#statusKey = key;
    this.#statusAt = now;
  }

  /** After a sleep of the machine, say, the control plane may have given the node up: it must hear otherwise at once. */
  async #isCalledSilent(): Promise<boolean> {
    const { client, identity } = this.#options;
    const { status } = await client.get(Node, { name: identity.name });
    return (
      status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'Unknown') === true
    );
  }

  async #renewLease(): Promise<void> {
    const { client, clock, identity } = this.#options;
    const renewTime = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const { name } = identity;
    this.#lease ??= await findLease(client, name);
    const uid = this.#node?.metadata.uid ?? '';
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime };
    const metadata = { name, namespace: leaseNamespace, ownerReferences };
    this.#lease = this.#lease
      ? await client.update(Lease, {
          ...this.#lease,
          metadata: { ...this.#lease.metadata, ownerReferences },
          spec: { ...this.#lease.spec, ...spec },
        })
      : await client.create(Lease, { metadata, spec });
  }
}

/** Looks the node up, and labels it as this machine says. Needs nothing but a server. */
export async function findRegistered(client: Client, name: string, figures: MachineFigures): Promise<Registered> {
  const [node, lease] = await Promise.all([labelledNode(client, name, figures), findLease(client, name)]);
  return { node, lease };
}

function labelledNode(client: Client, name: string, figures: MachineFigures): Promise<Observed<Node> | undefined> {
  const labels = nodeLabels(name, figures.architecture);
  return orNone(client.mergePatch(Node, { name }, { metadata: { labels } }));
}

function findLease(client: Client, name: string): Promise<Observed<Lease> | undefined> {
  return orNone(client.get(Lease, { namespace: leaseNamespace, name }));
}

async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}
