/** Waiting for a condition in tests, by turns of the event loop instead of by time. */
import { setImmediate as nextTurn } from 'node:timers/promises';

const mostTurns = 20_000;

/** Resolves when the condition holds; throws when it doesn't after many turns of the event loop. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  for (let turn = 0; turn < mostTurns; turn++) {
    if (condition()) return;
    await nextTurn();
  }
  throw new Error(`Waited in vain for ${what}`);
}
