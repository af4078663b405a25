/**
 * The service proxy: listeners for the addresses of services, in this process, without packet filters. ClusterIPs can be
 * bound because the service range is local to the host (pod-network.ts) or lies on loopback.
 */

import type { Clock, Logger } from '@kindred/machinery';
import { errorText } from '@kindred/machinery';
import { BackendChoice } from './backend-choice.ts';
import type { ServiceForward } from './service-table.ts';
import { type Forwarder, type ForwarderOptions, TcpForwarder } from './tcp-forwarder.ts';
import { UdpForwarder } from './udp-forwarder.ts';

interface Listening {
  readonly forwarder: Forwarder;
  readonly choice: BackendChoice;
}

export interface ServiceProxyOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hostPort: ForwarderOptions['hostPort'];
}

/** An address in use may become free. */
const retryMs = 10_000;

export class ServiceProxy {
  readonly #options: ServiceProxyOptions;
  readonly #listening = new Map<string, Listening>();
  readonly #failed = new Map<string, string>();
  #wanted: readonly ServiceForward[] = [];
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  #cancelRetry = () => {};

  constructor(options: ServiceProxyOptions) {
    this.#options = options;
  }

  /** Makes the listeners these. Resolves when they are open, or known not to open. */
  update(wanted: readonly ServiceForward[]): Promise<void> {
    this.#wanted = wanted;
    this.#work = this.#work.then(() => this.#reconcile());
    return this.#work;
  }

  /** Why an address isn't served, by forward key. */
  failures(): ReadonlyMap<string, string> {
    return this.#failed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    this.#wanted = [];
    await this.#work;
    await Promise.all([...this.#listening.values()].map(({ forwarder }) => forwarder.close()));
    this.#listening.clear();
  }

  async #reconcile(): Promise<void> {
    if (this.#closed) return;
    this.#cancelRetry();
    const wanted = new Map(this.#wanted.map((forward) => [forward.key, forward]));
    const gone = [...this.#listening].filter(([key]) => !wanted.has(key));
    for (const [key] of gone) this.#listening.delete(key);
    for (const key of this.#failed.keys()) if (!wanted.has(key)) this.#failed.delete(key);
    // An address may have gone from one service to another: it must be free before it is taken.
    await Promise.all(gone.map(([, { forwarder }]) => forwarder.close()));
    await Promise.all([...wanted.values()].map((forward) => this.#listen(forward)));
    if (this.#failed.size > 0) {
      this.#cancelRetry = this.#options.clock.after(retryMs, () => void this.update(this.#wanted));
    }
  }

  async #listen(forward: ServiceForward): Promise<void> {
    const { clock, log, hostPort } = this.#options;
    const open = this.#listening.get(forward.key);
    if (open) return open.choice.update(forward);
    const choice = new BackendChoice(forward, clock);
    const options = { host: forward.host, port: forward.port, choice, hostPort };
    const forwarder = forward.protocol === 'TCP' ? new TcpForwarder(options) : new UdpForwarder(options, clock);
    try {
      await forwarder.start();
      this.#listening.set(forward.key, { forwarder, choice });
      this.#failed.delete(forward.key);
    } catch (error) {
      // A UDP socket that could not be bound is still a socket: tried again and again, they would use up the descriptors.
      await forwarder.close();
      const reason = errorText(error);
      if (this.#failed.get(forward.key) !== reason)
        log.error('Service address is not served', reason, { forward: forward.key });
      this.#failed.set(forward.key, reason);
    }
  }
}
