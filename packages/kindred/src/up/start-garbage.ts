/**
 * A start leaves 15 to 20 MB of garbage and grown heap spaces behind, which V8 gives back whenever it next collects
 * everything: on an idle platform that may be minutes later. One collection, soon after the start, gives them back.
 */
import type { Clock } from '@kindred/machinery';

/** Milliseconds after the start, when what it has set going has come to rest. */
const pause = 5_000;

/** Plans the collection; the function that is returned calls it off. */
export function collectStartGarbage(clock: Clock): () => void {
  return clock.after(pause, () => {
    // A Node that was built without its inspector goes on with what it has.
    collect().catch(() => undefined);
  });
}

/** Node has no call for it without a flag, but its inspector does ("HeapProfiler", DevTools protocol). */
async function collect(): Promise<void> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
