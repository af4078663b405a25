/** The machine's own clock, for the composition edge; everything else takes a Clock. */
import type { Clock } from '@kindred/machinery';

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
