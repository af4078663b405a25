/** Addresses of pods: each pod takes the next free one of the node's range, so that a new pod rarely gets one just freed. */
import { type Cidr, formatAddress, formatCidr } from './cidr.ts';

export class AddressPool {
  readonly #cidr: Cidr;
  readonly #byOwner = new Map<string, number>();
  readonly #taken = new Set<number>();
  #next: number;

  /** The network address, the gateway (`.1`) and the broadcast address are never given out. */
  constructor(cidr: Cidr) {
    this.#cidr = cidr;
    this.#next = 2;
  }

  get gateway(): string {
    return formatAddress(this.#cidr.base + 1);
  }

  get prefix(): number {
    return this.#cidr.prefix;
  }

  /** The same owner gets the same address until it is released. @throws Error when none is left. */
  take(owner: string): string {
    const held = this.#byOwner.get(owner);
    if (held !== undefined) return formatAddress(this.#cidr.base + held);
    const last = this.#cidr.size - 2;
    for (let tried = 2; tried <= last; tried++) {
      const offset = this.#next;
      this.#next = offset >= last ? 2 : offset + 1;
      if (this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      this.#byOwner.set(owner, offset);
      return formatAddress(this.#cidr.base + offset);
    }
    throw new Error(`no address is free in the pod range ${formatCidr(this.#cidr)}`);
  }

  release(owner: string): void {
    const offset = this.#byOwner.get(owner);
    if (offset === undefined) return;
    this.#byOwner.delete(owner);
    this.#taken.delete(offset);
  }
}
