/**
 * The pod network of a node with namespaces: one bridge on the host, a veth pair for each pod. The host itself holds the
 * bridge's first address, which is the pods' gateway; the service range is made local to the host, so that ClusterIPs
 * can be listened on (service-proxy.ts). Made with iproute2; interfaces of pods go away with their namespaces.
 */

import { createHash } from 'node:crypto';
import type { Logger } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import { mustRun, runCommand } from '../platform/run-command.ts';
import { AddressPool } from './address-pool.ts';
import { type Cidr, formatCidr, parseCidr, shiftCidr } from './cidr.ts';

export interface Attachment {
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
}

export interface PodNetworkOptions {
  readonly podCidr: Cidr;
  readonly serviceCidr: Cidr;
  /** Kept in the bridge's alias, before the service range: which agent it belongs to. */
  readonly owner: string;
  readonly log: Logger;
}

interface Bridge {
  readonly bridge: string;
  /** Made by this agent: nothing of an earlier one is on it. */
  readonly isNew: boolean;
}

/** Agents on one machine that look for a free bridge try this many, and as many ranges. */
const bridgesTried = 32;

export class PodNetwork {
  readonly #options: PodNetworkOptions;
  readonly #bridge: string;
  readonly #isNew: boolean;
  readonly #addresses: AddressPool;
  readonly podCidr: Cidr;

  private constructor(options: PodNetworkOptions, { bridge, isNew }: Bridge, podCidr: Cidr) {
    this.#options = options;
    this.#bridge = bridge;
    this.#isNew = isNew;
    this.podCidr = podCidr;
    this.#addresses = new AddressPool(podCidr);
  }

  /** Makes a bridge, or takes over the one that an earlier agent of the same owner left. @throws Error with ip's words. */
  static async open(options: PodNetworkOptions): Promise<PodNetwork> {
    for (let index = 0; index < bridgesTried; index++) {
      const bridge = `kindred${index}`;
      // Nearly always there is none yet: then nothing needs to be asked.
      const isNew = await makeBridge(bridge);
      if (!isNew && (await bridgeOwner(bridge)) !== options.owner) continue;
      const range = (isNew ? undefined : await rangeOf(bridge)) ?? (await freeRange(options.podCidr));
      const network = new PodNetwork(options, { bridge, isNew }, range);
      await network.#configure();
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
      `link add ${name} type veth peer name eth0 address ${linkAddress(address)} netns ${pid}`,
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
    if (this.#isNew) return;
    const listed = await runCommand('ip', ['-o', 'link', 'show', 'master', this.#bridge]);
    for (const [, name] of listed.stdout.matchAll(/^\d+: (kp[0-9a-f]+)@/gm)) {
      if (name) await runCommand('ip', ['link', 'del', name]);
    }
  }

  /** Removes the bridge, and the service range unless another agent has the same. */
  async close(): Promise<void> {
    const { serviceCidr, log } = this.#options;
    const removed = await runCommand('ip', ['link', 'del', this.#bridge]);
    if (removed.code !== 0) log.error('Bridge could not be removed', removed.stderr, { bridge: this.#bridge });
    const others = await runCommand('ip', ['-o', 'link', 'show', 'type', 'bridge']);
    if (others.stdout.includes(`,${formatCidr(serviceCidr)}`)) return;
    await runCommand('ip', ['route', 'del', 'local', formatCidr(serviceCidr), 'dev', 'lo']);
  }

  async #configure(): Promise<void> {
    const { serviceCidr, owner } = this.#options;
    const bridge = this.#bridge;
    try {
      const range = formatCidr(serviceCidr);
      const batch = [
        // A bridge without an address of its own takes that of a port: with each pod that comes or goes it could change, and
        // the other pods would not reach the host until they noticed.
        `link set ${bridge} address ${linkAddress(this.hostAddress)} alias ${owner},${range} up`,
        `address replace ${this.hostAddress}/${this.podCidr.prefix} dev ${bridge}`,
        // Any address of a local range can be bound and answers pods and host alike, without an address for each service.
        `route replace local ${range} dev lo`,
      ];
      await mustRun('ip', ['-batch', '-'], { input: `${batch.join('\n')}\n` });
    } catch (error) {
      await runCommand('ip', ['link', 'del', bridge]);
      throw new Error(`the pod network could not be made: ${errorText(error)}`, { cause: error });
    }
  }
}

/** A locally administered link address that goes with an IPv4 address: what others remember of it stays true when it is reused. */
export function linkAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['0a', '58', ...bytes].join(':');
}

function interfaceName(uid: string): string {
  return `kp${createHash('sha256').update(uid).digest('hex').slice(0, 12)}`;
}

/** undefined: no such interface any more. Empty: a bridge that nobody claims. */
async function bridgeOwner(bridge: string): Promise<string | undefined> {
  const shown = await runCommand('ip', ['-o', 'link', 'show', bridge]);
  if (shown.code !== 0) return undefined;
  return /\balias ([^\s,]+)/.exec(shown.stdout)?.[1] ?? '';
}

/** false when there is one of that name. */
async function makeBridge(bridge: string): Promise<boolean> {
  const made = await runCommand('ip', ['link', 'add', bridge, 'type', 'bridge']);
  if (made.code === 0) return true;
  if (/File exists/.test(made.stderr)) return false;
  throw new Error(`the pod network could not be made: ${made.stderr.trim()}`);
}

/** undefined for a bridge that has no address. */
async function rangeOf(bridge: string): Promise<Cidr | undefined> {
  const shown = await runCommand('ip', ['-o', '-4', 'address', 'show', 'dev', bridge]);
  const address = /\binet (\S+)/.exec(shown.stdout)?.[1];
  return address === undefined ? undefined : parseCidr(address);
}

/** The range asked for, unless something else on this machine uses it: then the next one that is free. */
async function freeRange(wanted: Cidr): Promise<Cidr> {
  for (let steps = 0; steps < bridgesTried; steps++) {
    const range = shiftCidr(wanted, steps);
    if (!(await rangeInUse(range))) return range;
  }
  throw new Error(`${formatCidr(wanted)} and the ${bridgesTried - 1} ranges after it are in use on this machine`);
}

async function rangeInUse(cidr: Cidr): Promise<boolean> {
  const routes = await runCommand('ip', ['-o', 'route', 'show', 'root', formatCidr(cidr)]);
  return routes.stdout.trim() !== '';
}
