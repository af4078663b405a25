/**
 * The pod network of a node with namespaces: one bridge on the host, a veth pair for each pod. The host itself holds the
 * bridge's first address, which is the pods' gateway; the service range is made local to the host, so that ClusterIPs
 * can be listened on (service-proxy.ts). Made with iproute2; interfaces of pods go away with their namespaces.
 */
import { createHash } from 'node:crypto';
import type { Logger } from '../platform/logger.ts';
import { errorText } from '../platform/logger.ts';
import { mustRun, runCommand } from '../platform/run-command.ts';
import { AddressPool } from './address-pool.ts';
import { type Cidr, formatCidr, shiftCidr } from './cidr.ts';

export interface Attachment {
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
}

export interface PodNetworkOptions {
  readonly podCidr: Cidr;
  readonly serviceCidr: Cidr;
  /** Kept on the bridge as its alias: which agent it belongs to. */
  readonly owner: string;
  readonly log: Logger;
}

/** Agents on one machine that look for a free bridge try this many. */
const bridgesTried = 32;

export class PodNetwork {
  readonly #options: PodNetworkOptions;
  readonly #bridge: string;
  readonly #addresses: AddressPool;
  readonly podCidr: Cidr;

  private constructor(options: PodNetworkOptions, bridge: string, podCidr: Cidr) {
    this.#options = options;
    this.#bridge = bridge;
    this.podCidr = podCidr;
    this.#addresses = new AddressPool(podCidr);
  }

  /** Makes the bridge, or takes over the one that an earlier agent of the same owner left. @throws Error with ip's words. */
  static async open(options: PodNetworkOptions): Promise<PodNetwork> {
    for (let index = 0; index < bridgesTried; index++) {
      const bridge = `kindred${index}`;
      const owner = await bridgeOwner(bridge);
      if (owner !== undefined && owner !== options.owner) continue;
      const podCidr = shiftCidr(options.podCidr, index);
      if (owner === undefined && (await rangeInUse(podCidr))) continue;
      const network = new PodNetwork(options, bridge, podCidr);
      await network.#make(owner === undefined);
      return network;
    }
    throw new Error(`no free bridge among kindred0 to kindred${bridgesTried - 1}`);
  }

  /** The node's own address as pods see it. */
  get hostAddress(): string {
    return this.#addresses.gateway;
  }

  /** Gives the network namespace of process `pid` an interface named eth0, connected to the bridge but not configured. */
  async attach(uid: string, pid: number): Promise<Attachment> {
    const address = this.#addresses.take(uid);
    const name = interfaceName(uid);
    const batch = [
      `link add ${name} type veth peer name eth0 netns ${pid}`,
      `link set ${name} master ${this.#bridge} up`,
    ];
    await mustRun('ip', ['-batch', '-'], { input: `${batch.join('\n')}\n` });
    return { address, prefix: this.#addresses.prefix, gateway: this.#addresses.gateway };
  }

  /** The interface itself ends with its namespace. */
  detach(uid: string): void {
    this.#addresses.release(uid);
  }

  /** Removes interfaces of pods that an earlier agent left on the bridge. */
  async cleanUp(): Promise<void> {
    const listed = await runCommand('ip', ['-o', 'link', 'show', 'master', this.#bridge]);
    for (const [, name] of listed.stdout.matchAll(/^\d+: (kp[0-9a-f]+)@/gm)) {
      if (name) await runCommand('ip', ['link', 'del', name]);
    }
  }

  /** Removes the bridge, and the service range unless another agent's bridge may still need it. */
  async close(): Promise<void> {
    const { serviceCidr, log } = this.#options;
    const removed = await runCommand('ip', ['link', 'del', this.#bridge]);
    if (removed.code !== 0) log.warn('Bridge could not be removed', { bridge: this.#bridge, error: removed.stderr });
    const others = await runCommand('ip', ['-o', 'link', 'show', 'type', 'bridge']);
    if (/: kindred\d+: /.test(others.stdout)) return;
    await runCommand('ip', ['route', 'del', 'local', formatCidr(serviceCidr), 'dev', 'lo']);
  }

  async #make(create: boolean): Promise<void> {
    const { serviceCidr, owner } = this.#options;
    const bridge = this.#bridge;
    if (create) await mustRun('ip', ['link', 'add', bridge, 'type', 'bridge']);
    try {
      await mustRun('ip', ['link', 'set', bridge, 'alias', owner, 'up']);
      await mustRun('ip', ['address', 'replace', `${this.hostAddress}/${this.podCidr.prefix}`, 'dev', bridge]);
      // Any address of a local range can be bound and answers pods and host alike, without an address for each service.
      await mustRun('ip', ['route', 'replace', 'local', formatCidr(serviceCidr), 'dev', 'lo']);
    } catch (error) {
      await runCommand('ip', ['link', 'del', bridge]);
      throw new Error(`the pod network could not be made: ${errorText(error)}`, { cause: error });
    }
  }
}

function interfaceName(uid: string): string {
  return `kp${createHash('sha256').update(uid).digest('hex').slice(0, 12)}`;
}

/** undefined: no such interface. Empty: a bridge that nobody claims. */
async function bridgeOwner(bridge: string): Promise<string | undefined> {
  const shown = await runCommand('ip', ['-o', 'link', 'show', bridge]);
  if (shown.code !== 0) return undefined;
  return /\balias (\S+)/.exec(shown.stdout)?.[1] ?? '';
}

async function rangeInUse(cidr: Cidr): Promise<boolean> {
  const routes = await runCommand('ip', ['-o', 'route', 'show', 'root', formatCidr(cidr)]);
  return routes.stdout.trim() !== '';
}
