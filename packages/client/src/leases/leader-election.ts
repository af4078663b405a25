/**
 * Leader election over a Lease (`coordination.k8s.io/v1`), as client-go's leaderelection does it: of all that take part one
 * holds the lease and renews it; when it stops renewing, another takes it over.
 *
 * A lease is judged by when this process saw it change, never by its time stamps: clocks of different machines differ.
 */
import { Lease } from '@kindred/apis/coordination/v1';
import { type Clock, isStatusError, type Observed } from '@kindred/machinery';
import type { Client } from '../client/client.ts';
import type { Random } from '../random.ts';
import { sleep } from '../sleep.ts';

export interface LeaderElectionOptions {
  /** A client of its own, so that the controllers' load can't delay a renewal. */
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  /** This process among all others: host name and a random part. */
  readonly identity: string;
  /** Milliseconds after which a lease that isn't renewed may be taken over; 15 s when not given. */
  readonly leaseDuration?: number;
  /** Milliseconds without a successful renewal after which the holder gives up; 10 s when not given. */
  readonly renewDeadline?: number;
  /** Milliseconds between attempts; 2 s when not given. */
  readonly retryPeriod?: number;
  /** Told of failed attempts. */
  readonly onError: (error: unknown) => void;
}

interface Seen {
  readonly resourceVersion: string;
  readonly at: number;
}

export class LeaderElector {
  /** Resolves when leadership is lost without having been released: what it protects must stop at once. */
  readonly lost: Promise<void>;
  readonly #options: LeaderElectionOptions;
  readonly #leaseDuration: number;
  readonly #renewDeadline: number;
  readonly #retryPeriod: number;
  readonly #closing = new AbortController();
  #resolveLost: () => void = () => undefined;
  #seen: Seen | undefined;
  #held: Observed<Lease> | undefined;
  #renewing: Promise<void> | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#leaseDuration = options.leaseDuration ?? 15_000;
    this.#renewDeadline = options.renewDeadline ?? 10_000;
    this.#retryPeriod = options.retryPeriod ?? 2_000;
    if (this.#leaseDuration <= this.#renewDeadline || this.#renewDeadline <= this.#retryPeriod) {
      throw new RangeError(
        'A lease must last longer than its renewal may take, and that longer than the pause between attempts',
      );
    }
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
  }

  get isLeader(): boolean {
    return this.#held !== undefined;
  }

  /** Resolves once this process leads; rejects when the signal is aborted first. Renewal goes on in the background. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    while (!(await this.#attempt(signal))) {
      await sleep(clock, this.#retryPeriod * (1 + 0.2 * random()), signal);
    }
    this.#renewing = this.#renew();
  }

  /** Stops renewing, and gives the lease back so that another need not wait for its end. */
  async release(): Promise<void> {
    this.#closing.abort(new Error('Leadership was released'));
    await this.#renewing;
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const now = timestamp(this.#options.clock.now());
    const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    try {
      await this.#options.client.update(Lease, { ...held, spec });
    } catch (error) {
      this.#options.onError(error); // It runs out by itself.
    }
  }

  async #renew(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    let renewedAt = clock.now();
    while (!signal.aborted) {
      await sleep(clock, this.#retryPeriod, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (await this.#renewOnce(renewedAt + this.#renewDeadline)) renewedAt = clock.now();
      else if (this.#held === undefined || clock.now() - renewedAt >= this.#renewDeadline) return this.#lose();
    }
  }

  /** One renewal that may not outlast the deadline: an unanswered request must not keep a dead leader alive. */
  async #renewOnce(deadline: number): Promise<boolean> {
    const { clock } = this.#options;
    const limit = new AbortController();
    const cancel = clock.after(deadline - clock.now(), () =>
      limit.abort(new Error('The lease was not renewed in time')),
    );
    try {
      return await this.#attempt(AbortSignal.any([limit.signal, this.#closing.signal]));
    } catch {
      return false; // Aborted by the deadline, or closing: the caller looks at both.
    } finally {
      cancel();
    }
  }

  #lose(): void {
    this.#held = undefined;
    this.#resolveLost();
  }

  /** True when this process holds the lease after it. Rejects only when aborted. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#tryToHold(signal);
    } catch (error) {
      if (signal.aborted) throw error;
      // Another was faster; or the server is away, and the lease may still be ours.
      if (!isStatusError(error, 'Conflict') && !isStatusError(error, 'AlreadyExists')) this.#options.onError(error);
      return false;
    }
  }

  async #tryToHold(signal: AbortSignal): Promise<boolean> {
    const { client, clock, namespace, name, identity } = this.#options;
    const at = { namespace, name };
    const lease = await client.get(Lease, at, { signal }).catch(undefinedWhenMissing);
    if (lease === undefined) {
      const created = await client.create(Lease, { metadata: at, spec: this.#spec(undefined) }, { signal });
      return this.#hold(created);
    }
    const { resourceVersion } = lease.metadata;
    if (this.#seen?.resourceVersion !== resourceVersion) this.#seen = { resourceVersion, at: clock.now() };
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder !== '' && holder !== identity) {
      this.#held = undefined;
      if (clock.now() < this.#seen.at + this.#leaseDuration) return false;
    }
    return this.#hold(await client.update(Lease, { ...lease, spec: this.#spec(lease) }, { signal }));
  }

  #hold(lease: Observed<Lease>): true {
    this.#held = lease;
    this.#seen = { resourceVersion: lease.metadata.resourceVersion, at: this.#options.clock.now() };
    return true;
  }

  #spec(before: Observed<Lease> | undefined): NonNullable<Lease['spec']> {
    const { clock, identity } = this.#options;
    const now = timestamp(clock.now());
    const mine = before?.spec?.holderIdentity === identity;
    const transitions = before?.spec?.leaseTransitions ?? 0;
    return {
      ...before?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDuration / 1000),
      acquireTime: (mine && before.spec?.acquireTime) || now,
      renewTime: now,
      leaseTransitions: before === undefined || mine ? transitions : transitions + 1,
    };
  }
}

/** MicroTime: six digits of fraction. */
function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

function undefinedWhenMissing(error: unknown): undefined {
  if (isStatusError(error, 'NotFound')) return undefined;
  throw error;
}
