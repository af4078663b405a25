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

export interface RegistrationOptions {
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
  }

  /** Resolves when the node is registered and Ready; goes on renewing. */
  async start(): Promise<void> {
    const [lease] = await Promise.all([this.#findLease(), this.#register()]);
    this.#lease = lease;
    await this.#beat();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #register(): Promise<void> {
    const { client, identity, figures } = this.#options;
    const labels = nodeLabels(identity.name, figures().architecture);
    const { name, podCidr } = identity;
    try {
      this.#node = await client.mergePatch(Node, { name }, { metadata: { labels } });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
      const spec = { podCIDR: podCidr, podCIDRs: [podCidr] };
      this.#node = await client.create(Node, { metadata: { name, labels }, spec });
    }
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
    if (!this.#lease) this.#lease = await this.#findLease();
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

  async #findLease(): Promise<Observed<Lease> | undefined> {
    const { client, identity } = this.#options;
    try {
      return await client.get(Lease, { namespace: leaseNamespace, name: identity.name });
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}
