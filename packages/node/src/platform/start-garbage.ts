/**
 * The start of a process leaves 5 to 20 MB of garbage and grown heap spaces behind, which V8 gives back whenever it next
 * collects everything: in an idle one that may be minutes later. One collection gives them back, soon after the start and not
 * before the process is at rest: it throws away compiled code, too, and a busy one would have to make that anew.
 */
import type { Clock } from '@kindred/machinery';

/** Milliseconds after the start, when what it has set going has come to rest; then between one look and the next. */
const pause = 5_000;
/** The part of a pause for which the event loop may have been busy. */
const restful = 0.2;

/**
 * Plans the collection; the function that is returned calls it off.
 *
 * @param busy the part of the time since it was last asked for which the event loop was busy, from 0 to 1
 */
export function collectStartGarbage(
  clock: Clock,
  busy: () => number = loopUse(),
  collect: () => Promise<void> = collectGarbage,
): () => void {
  let cancel = (): void => undefined;
  const look = (): void => {
    // A Node that was built without its inspector goes on with what it has.
    if (busy() <= restful) collect().catch(() => undefined);
    else cancel = clock.after(pause, look);
  };
  busy();
  cancel = clock.after(pause, look);
  return () => cancel();
}

function loopUse(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

/** Node has no call for it without a flag, but its inspector does ("HeapProfiler", DevTools protocol). */
async function collectGarbage(): Promise<void> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
