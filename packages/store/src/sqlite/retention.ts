/** Automatic compaction: history is kept for some time, and not more of it than some number of revisions. */
import type { Clock } from '@kindred/machinery';
import type { Revision } from '../port.ts';

export interface Retention {
  /** History older than this is forgotten; in milliseconds. */
  readonly milliseconds: number;
  /** History further back than this many revisions is forgotten, however young. */
  readonly revisions: number;
}

/** etcd's API servers compact every five minutes; ten thousand revisions bound the file under load. */
export const defaultRetention: Retention = { milliseconds: 300_000, revisions: 10_000 };

const sampleMilliseconds = 60_000;

/** Looks at the store once a minute; `close` ends that. */
export class RetentionTimer {
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #revision: () => Revision;
  readonly #compact: (revision: Revision) => void;
  #samples: { readonly time: number; readonly revision: Revision }[] = [];
  #compacted = 0;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, retention: Retention, revision: () => Revision, compact: (revision: Revision) => void) {
    this.#clock = clock;
    this.#retention = retention;
    this.#revision = revision;
    this.#compact = compact;
    this.#plan();
  }

  /** Forgets all history now: there is no space left, and it is what can be done without most easily. */
  giveUpHistory(): void {
    this.#compactTo(this.#revision());
  }

  close(): void {
    this.#cancel();
  }

  #plan(): void {
    this.#sample();
    this.#cancel = this.#clock.after(sampleMilliseconds, () => this.#plan());
  }

  #sample(): void {
    const now = this.#clock.now();
    const revision = this.#revision();
    this.#samples.push({ time: now, revision });
    const old = this.#samples.filter((sample) => now - sample.time >= this.#retention.milliseconds);
    const target = Math.max(old.at(-1)?.revision ?? 0, revision - this.#retention.revisions);
    this.#samples = this.#samples.slice(Math.max(0, old.length - 1));
    this.#compactTo(target);
  }

  #compactTo(target: Revision): void {
    if (target <= Math.max(1, this.#compacted)) return;
    this.#compacted = target;
    this.#compact(target);
  }
}
