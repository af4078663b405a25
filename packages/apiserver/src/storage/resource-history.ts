/**
 * The latest changes of one resource: watches start in it from a resourceVersion, and lists at an older revision are made
 * by undoing it. Bounded by age and count; what falls out makes older revisions `Expired`.
 */
import type { StoredObject } from './stored-object.ts';
import type { Change } from './watch-event.ts';

export interface HistoryLimits {
  /** Changes younger than this are kept, in milliseconds (Kubernetes: bookmark interval and a quarter, 75 s). */
  readonly keepMilliseconds: number;
  /** The newest changes are kept whatever their age, this many. */
  readonly minChanges: number;
  /** Never more than this many, whatever their age. */
  readonly maxChanges: number;
}

export const defaultHistoryLimits: HistoryLimits = { keepMilliseconds: 75_000, minChanges: 100, maxChanges: 100_000 };

/** Changes have positions that only grow; a reader that remembers its position can go on from there. */
export class ResourceHistory {
  readonly #limits: HistoryLimits;
  #changes: Change[] = [];
  /** Index in `#changes` of the oldest one kept. */
  #head = 0;
  /** Position of `#changes[0]`. */
  #base = 0;
  #startRevision: number;

  constructor(startRevision: number, limits: HistoryLimits) {
    this.#startRevision = startRevision;
    this.#limits = limits;
  }

  /** All changes after this revision are here. */
  get startRevision(): number {
    return this.#startRevision;
  }

  /** Position of the oldest change. */
  get first(): number {
    return this.#base + this.#head;
  }

  /** Position that the next change will have. */
  get end(): number {
    return this.#base + this.#changes.length;
  }

  at(position: number): Change | undefined {
    return position < this.first ? undefined : this.#changes[position - this.#base];
  }

  append(change: Change): void {
    this.#changes.push(change);
    this.trim(change.time);
  }

  /** Drops what is too old or too much. */
  trim(now: number): void {
    const { keepMilliseconds, minChanges, maxChanges } = this.#limits;
    for (;;) {
      const kept = this.#changes.length - this.#head;
      const oldest = this.#changes[this.#head];
      if (oldest === undefined || kept <= minChanges) break;
      if (kept <= maxChanges && now - oldest.time < keepMilliseconds) break;
      this.#startRevision = oldest.revision;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#changes.length) this.#dropHead();
    else if (this.#head > 0 && this.#head === this.#changes.length) this.#dropHead();
  }

  /** Position of the first change after `revision`, which is not before `startRevision`. */
  positionAfter(revision: number): number {
    let low = this.#head;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#base + low;
  }

  /** Objects that changed after `revision`, with what they were at it (undefined: not there). */
  undoneSince(revision: number, path: (object: StoredObject) => string): Map<string, StoredObject | undefined> {
    const undone = new Map<string, StoredObject | undefined>();
    for (let position = this.positionAfter(revision); position < this.end; position++) {
      const change = this.at(position);
      if (change === undefined) continue;
      const key = path(change.stored);
      if (!undone.has(key)) undone.set(key, change.previous);
    }
    return undone;
  }

  #dropHead(): void {
    this.#changes = this.#changes.slice(this.#head);
    this.#base += this.#head;
    this.#head = 0;
  }
}
