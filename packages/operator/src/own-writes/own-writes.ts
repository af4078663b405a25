/**
 * Read your own writes: before a key is reconciled again, the informers must have seen what its last reconcile wrote.
 *
 * Only that key waits. A wait that takes too long is given up and told of: a stale read is then possible, as it is without
 * any of this.
 */
import type { AnyInformer } from '@kindred/client';
import type { Clock } from '@kindred/machinery';
import type { OwnWrite } from './tracking-client.ts';

export interface OwnWritesOptions {
  readonly clock: Clock;
  /** The informer that sees all objects of a write's kind; undefined when there is none. */
  readonly informerOf: (write: OwnWrite) => AnyInformer | undefined;
  readonly onTimeout: (key: string) => void;
  readonly limitMilliseconds?: number;
}

export class OwnWrites {
  readonly #options: OwnWritesOptions;
  /** By key of the reconciled object, then by object written: the last write counts. */
  readonly #writes = new Map<string, Map<string, OwnWrite>>();

  constructor(options: OwnWritesOptions) {
    this.#options = options;
  }

  record(key: string, write: OwnWrite): void {
    if (this.#options.informerOf(write) === undefined) return;
    const writes = this.#writes.get(key) ?? new Map<string, OwnWrite>();
    writes.set(`${write.kind.group}/${write.kind.plural}/${write.key}`, write);
    this.#writes.set(key, writes);
  }

  /** True when the object has exactly the version that the last reconcile of this key gave it. */
  isOwn(key: string, kind: { readonly group: string; readonly plural: string }, resourceVersion: string): boolean {
    return this.#writes.get(key)?.get(`${kind.group}/${kind.plural}/${key}`)?.resourceVersion === resourceVersion;
  }

  /** Nothing to wait for: the key may be reconciled now. Otherwise resolves when it may. */
  settled(key: string, signal: AbortSignal): Promise<void> | undefined {
    const writes = this.#writes.get(key);
    if (writes === undefined) return undefined;
    const pending = [...writes.values()].filter((write) => !this.#isSeen(write));
    if (pending.length === 0) {
      this.#writes.delete(key);
      return undefined;
    }
    return this.#wait(key, pending, signal);
  }

  #isSeen(write: OwnWrite): boolean {
    const informer = this.#options.informerOf(write);
    if (informer === undefined) return true;
    return write.resourceVersion === undefined
      ? informer.showsDeletion(write.key, write.uid)
      : informer.hasSeen(write.resourceVersion, write.key);
  }

  async #wait(key: string, pending: readonly OwnWrite[], signal: AbortSignal): Promise<void> {
    const { clock, limitMilliseconds = 10_000, onTimeout } = this.#options;
    const limit = new AbortController();
    const onAbort = (): void => limit.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.after(limitMilliseconds, () => {
      onTimeout(key);
      limit.abort();
    });
    try {
      await Promise.all(pending.map((write) => this.#waitFor(write, limit.signal)));
    } catch (error) {
      // Given up, or stopping. Either way the key goes on; anything else is a fault.
      if (!limit.signal.aborted) throw error;
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
      this.#writes.delete(key);
    }
  }

  #waitFor(write: OwnWrite, signal: AbortSignal): Promise<void> {
    const informer = this.#options.informerOf(write);
    if (informer === undefined) return Promise.resolve();
    return write.resourceVersion === undefined
      ? informer.waitForDeletion(write.key, write.uid, signal)
      : informer.waitForResourceVersion(write.resourceVersion, write.key, signal);
  }
}
