/**
 * The lock of a release while an operation changes it: a Lease of the release's name, renewed until the operation ends. A
 * pending record whose lease isn't renewed any more belongs to nobody.
 */
import { Lease } from '@kindred/apis/coordination/v1';
import { errorText, formatMicroTime, isStatusError, type Observed, parseTime } from '@kindred/machinery';
import { ReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';

/** After this long without a renewal the holder counts as gone. */
export const LEASE_DURATION = 30_000;
const RENEW_INTERVAL = 8_000;
/** Without a renewal for this long the holder stops by itself: well before anybody else may start. */
const RENEW_DEADLINE = 22_000;

export const IN_PROGRESS = 'another operation (install/upgrade/rollback) is in progress';

export function leaseName(release: string): string {
  return `sh.helm.release.v1.${release}`;
}

/** Who holds the release now; undefined when nobody does. */
export async function liveHolder(context: ActionContext, release: string): Promise<string | undefined> {
  const lease = await findLease(context, release);
  return lease !== undefined && isLive(context, lease) ? lease.spec?.holderIdentity : undefined;
}

async function findLease(context: ActionContext, release: string): Promise<Observed<Lease> | undefined> {
  try {
    const at = { namespace: context.namespace, name: leaseName(release) };
    return await context.client.get(Lease, at, { signal: context.signal });
  } catch (error) {
    if (isStatusError(error, 'NotFound') || isStatusError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

function isLive({ clock, identity }: ActionContext, { spec }: Observed<Lease>): boolean {
  const { holderIdentity = '', renewTime } = spec ?? {};
  if (holderIdentity === '' || holderIdentity === identity) return false;
  const renewed = renewTime === undefined ? undefined : parseTime(renewTime);
  return renewed !== undefined && clock.now() < renewed + LEASE_DURATION;
}

/**
 * Runs an operation while it holds the release.
 *
 * @throws ReleaseError InProgress when somebody else holds it
 */
export async function withLock<T>(
  context: ActionContext,
  release: string,
  run: (context: ActionContext) => Promise<T>,
): Promise<T> {
  // Releases in memory are this process's own.
  if (context.storage.driver.name === 'Memory') return run(context);
  const lock = new OperationLock(context, release);
  if (!(await lock.acquire())) return run(context);
  try {
    const signals = context.signal === undefined ? [lock.lost] : [context.signal, lock.lost];
    return await run({ ...context, signal: AbortSignal.any(signals) });
  } finally {
    await lock.release();
  }
}

/** True when it was the loss of the lock that ended an operation: the release isn't ours to write any more. */
export function isLockLost(error: unknown): boolean {
  return error instanceof LockLostError;
}

class LockLostError extends ReleaseError {
  constructor() {
    super('InProgress', 'the lease of the release could not be renewed in time; the operation was stopped');
  }
}

class OperationLock {
  readonly #context: ActionContext;
  readonly #release: string;
  readonly #lost = new AbortController();
  #held: Observed<Lease> | undefined;
  #renewedAt = 0;
  #cancelTimer: () => void = () => undefined;
  #renewing: Promise<void> = Promise.resolve();
  #released = false;

  constructor(context: ActionContext, release: string) {
    this.#context = context;
    this.#release = release;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** False when leases aren't ours to write: the operation goes on without. */
  async acquire(): Promise<boolean> {
    const { client, report, signal } = this.#context;
    try {
      const lease = await findLease(this.#context, this.#release);
      if (lease !== undefined && isLive(this.#context, lease)) throw new ReleaseError('InProgress', IN_PROGRESS);
      const options = { signal };
      this.#held =
        lease === undefined
          ? await client.create(Lease, { metadata: this.#address(), spec: this.#spec(undefined) }, options)
          : await client.update(Lease, { ...lease, spec: this.#spec(lease) }, options);
    } catch (error) {
      if (isStatusError(error, 'Conflict') || isStatusError(error, 'AlreadyExists')) {
        throw new ReleaseError('InProgress', IN_PROGRESS, { cause: error });
      }
      // Without its namespace the record can't be created either, which says so.
      if (isStatusError(error, 'NotFound')) return false;
      if (!isStatusError(error, 'Forbidden')) throw error;
      report({ type: 'warning', message: `the release is changed without a lock: ${error.message}` });
      return false;
    }
    this.#renewedAt = this.#context.clock.now();
    this.#schedule();
    return true;
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#cancelTimer();
    await this.#renewing;
    if (this.#held === undefined) return;
    const { uid, resourceVersion } = this.#held.metadata;
    try {
      // Even after the operation was stopped: the next one need not wait.
      await this.#context.client.delete(Lease, this.#address(), { preconditions: { uid, resourceVersion } });
    } catch (error) {
      this.#context.report({
        type: 'debug',
        message: `the lease of the release runs out by itself: ${errorText(error)}`,
      });
    }
  }

  #schedule(): void {
    if (this.#released) return;
    this.#cancelTimer = this.#context.clock.after(RENEW_INTERVAL, () => {
      this.#renewing = this.#renew();
    });
  }

  async #renew(): Promise<void> {
    const { client, clock } = this.#context;
    if (this.#held === undefined) return;
    const limit = new AbortController();
    const cancel = clock.after(RENEW_DEADLINE - RENEW_INTERVAL, () => limit.abort(new LockLostError()));
    try {
      const lease = { ...this.#held, spec: this.#spec(this.#held) };
      this.#held = await client.update(Lease, lease, { signal: limit.signal });
      this.#renewedAt = clock.now();
    } catch (error) {
      const taken = isStatusError(error, 'Conflict') || isStatusError(error, 'NotFound');
      if (taken) this.#held = undefined;
      if (taken || clock.now() - this.#renewedAt >= RENEW_DEADLINE) return this.#lost.abort(new LockLostError());
    } finally {
      cancel();
    }
    this.#schedule();
  }

  #address(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#context.namespace, name: leaseName(this.#release) };
  }

  #spec(before: Observed<Lease> | undefined): NonNullable<Lease['spec']> {
    const { clock, identity } = this.#context;
    const now = formatMicroTime(clock.now());
    const mine = before?.spec?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_DURATION / 1000,
      acquireTime: (mine && before.spec?.acquireTime) || now,
      renewTime: now,
      leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before === undefined || mine ? 0 : 1),
    };
  }
}
