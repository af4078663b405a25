/** Which backend of a service gets the next connection: in turn, or the client's last one under session affinity. */
import type { Clock } from '@kindred/machinery';
import type { Backend, ServiceForward } from './service-table.ts';

interface Remembered {
  readonly backend: string;
  readonly until: number;
}

export class BackendChoice {
  readonly #clock: Clock;
  readonly #clients = new Map<string, Remembered>();
  #forward: ServiceForward;
  #turn = 0;

  constructor(forward: ServiceForward, clock: Clock) {
    this.#forward = forward;
    this.#clock = clock;
  }

  update(forward: ServiceForward): void {
    this.#forward = forward;
  }

  /** All backends, the one to try first in front. Empty when the service has none. */
  order(client: string): Backend[] {
    const { backends, affinitySeconds } = this.#forward;
    if (backends.length === 0) return [];
    const first = this.#remembered(client) ?? this.#turn++ % backends.length;
    const order = [...backends.slice(first), ...backends.slice(0, first)];
    const [chosen] = order;
    if (affinitySeconds !== undefined && chosen) {
      const until = this.#clock.now() + affinitySeconds * 1000;
      this.#clients.set(client, { backend: keyOf(chosen), until });
    }
    return order;
  }

  #remembered(client: string): number | undefined {
    const found = this.#clients.get(client);
    if (!found) return undefined;
    const index = this.#forward.backends.findIndex((backend) => keyOf(backend) === found.backend);
    if (index >= 0 && found.until > this.#clock.now()) return index;
    this.#clients.delete(client);
    return undefined;
  }
}

function keyOf({ host, port }: Backend): string {
  return `${host}:${port}`;
}
