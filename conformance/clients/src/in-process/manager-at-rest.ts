/** Waits for managers that have nothing left to do. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Manager } from '@kindred/operator';

const pauseMs = 5;
const quietLooks = 10;

/** Resolves once none of them has had anything to do for a while. */
export async function atRest(...managers: readonly Manager[]): Promise<void> {
  for (let quiet = 0; quiet < quietLooks; ) {
    await delay(pauseMs);
    quiet = managers.every((manager) => manager.isIdle()) ? quiet + 1 : 0;
  }
}
