/**
 * How long request bodies may take. All have the same time, so the one that began first is due first, and one timer does
 * for all of them: a timer of its own for each body costs a small write more than its authorization.
 */
import type { Clock } from '@kindred/machinery';

/** Something that is given up when its time is over. */
export interface Timed {
  giveUp(): void;
}

/** Length of a tick, in milliseconds: what is timed gets up to one more than it should. */
const tick = 1000;

export class BodyDeadlines {
  readonly #clock: Clock;
  readonly #ticksAllowed: number;
  /** With the tick in which each began, the oldest first. */
  readonly #waiting = new Map<Timed, number>();
  #ticks = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.#ticksAllowed = Math.ceil(milliseconds / tick);
  }

  /** Gives it up when its time is over, unless it is deleted before. */
  add(timed: Timed): void {
    this.#waiting.set(timed, this.#ticks);
    if (this.#cancel === undefined) this.#wait();
  }

  delete(timed: Timed): void {
    this.#waiting.delete(timed);
  }

  /** Gives nothing up any more. */
  close(): void {
    this.#waiting.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#clock.after(tick, () => {
      this.#cancel = undefined;
      this.#ticks++;
      this.#giveUpLate();
      if (this.#waiting.size > 0) this.#wait();
    });
  }

  #giveUpLate(): void {
    for (const [timed, began] of this.#waiting) {
      // The first tick was under way when it began.
      if (this.#ticks - began <= this.#ticksAllowed) return;
      this.#waiting.delete(timed);
      timed.giveUp();
    }
  }
}
