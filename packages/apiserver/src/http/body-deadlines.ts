/**
 * How long request bodies may take. All have the same time, and one timer does for all of them: a timer of its own for each
 * body costs a small write more than its authorization.
 *
 * A list, and no Map or Set: what only passes through one of those is kept alive until the next full collection, since V8
 * chains its old tables, with what was in them, to the new ones; here that would be whole bodies.
 */
import type { Clock } from '@kindred/machinery';

/** Something that is given up when its time is over. BodyDeadlines alone sets the numbers. */
export interface Timed {
  /** Where it stands among those that wait; -1 when it doesn't. */
  place: number;
  /** The tick in which it began. */
  began: number;
  giveUp(): void;
}

/** Length of a tick, in milliseconds: what is timed gets up to one more than it should. */
const tick = 1000;

export class BodyDeadlines {
  readonly #clock: Clock;
  readonly #ticksAllowed: number;
  readonly #waiting: Timed[] = [];
  #ticks = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.#ticksAllowed = Math.ceil(milliseconds / tick);
  }

  /** Gives it up when its time is over, unless it is deleted before. */
  add(timed: Timed): void {
    timed.began = this.#ticks;
    timed.place = this.#waiting.push(timed) - 1;
    if (this.#cancel === undefined) this.#wait();
  }

  delete(timed: Timed): void {
    const { place } = timed;
    if (place < 0) return;
    timed.place = -1;
    // The last one takes its place.
    const last = this.#waiting.pop();
    if (last === undefined || last === timed) return;
    this.#waiting[place] = last;
    last.place = place;
  }

  /** Gives nothing up any more. */
  close(): void {
    for (const timed of this.#waiting) timed.place = -1;
    this.#waiting.length = 0;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#clock.after(tick, () => {
      this.#cancel = undefined;
      this.#ticks++;
      this.#giveUpLate();
      if (this.#waiting.length > 0) this.#wait();
    });
  }

  #giveUpLate(): void {
    // The first tick was under way when it began.
    const late = this.#waiting.filter(({ began }) => this.#ticks - began > this.#ticksAllowed);
    for (const timed of late) {
      // Giving one up may have ended another.
      if (timed.place < 0) continue;
      this.delete(timed);
      timed.giveUp();
    }
  }
}
