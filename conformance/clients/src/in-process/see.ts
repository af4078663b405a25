/** Looks at a cluster until it shows what a test waits for. */
import { setTimeout as delay } from 'node:timers/promises';

const longestMs = 8_000;
const pauseMs = 5;

/** What was seen when it was enough. Otherwise throws what the last look threw, or says what it saw. */
export async function see<T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + longestMs;
  for (;;) {
    const isLate = performance.now() > end;
    try {
      const seen = await look();
      if (isEnough(seen)) return seen;
      if (isLate) throw new Error(`Waited in vain; last seen: ${JSON.stringify(seen, undefined, 1)}`);
    } catch (error) {
      if (isLate) throw error;
    }
    await delay(pauseMs);
  }
}
