/** The computer's own clock, for composition roots; everything below them takes a `Clock`. */
import type { Clock } from './clock.ts';

/** `setTimeout` cannot wait longer than this; longer waits are chained. */
const longestTimeout = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    let timer: NodeJS.Timeout;
    const arm = (remaining: number): void => {
      const step = Math.min(remaining, longestTimeout);
      timer = setTimeout(() => (remaining > step ? arm(remaining - step) : callback()), step);
      timer.unref();
    };
    arm(Math.max(0, milliseconds));
    return () => clearTimeout(timer);
  },
};
