/** A time limit for an action as a whole, beside those of its waits. */
import { formatDuration } from '@kindred/machinery';
import { ReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';

export async function withDeadline<T>(
  context: ActionContext,
  milliseconds: number | undefined,
  run: (context: ActionContext) => Promise<T>,
): Promise<T> {
  if (milliseconds === undefined) return run(context);
  const limit = new AbortController();
  const cancel = context.clock.after(milliseconds, () => {
    limit.abort(
      new ReleaseError('Failed', `the action took longer than its deadline of ${formatDuration(milliseconds)}`),
    );
  });
  const signals = context.signal === undefined ? [limit.signal] : [context.signal, limit.signal];
  try {
    return await run({ ...context, signal: AbortSignal.any(signals) });
  } finally {
    cancel();
  }
}
