/**
 * Waiting between restarts: none before the first, then 10 s, doubled each time up to 5 min; forgotten when a container
 * ran for 10 min (Kubernetes documentation, 'Container restart policy'). Pure.
 */
import type { Backoff } from './container-record.ts';

const firstDelayMs = 10_000;
const longestDelayMs = 300_000;

/** How long a failure at `now` waits, and what the next one will be measured by. */
export function nextBackoff(previous: Backoff | undefined, now: number): { waitMs: number; backoff: Backoff } {
  if (!previous || now - previous.since > 2 * longestDelayMs) {
    return { waitMs: 0, backoff: { delayMs: firstDelayMs, since: now } };
  }
  const delayMs = Math.min(previous.delayMs * 2, longestDelayMs);
  return { waitMs: previous.delayMs, backoff: { delayMs, since: now + previous.delayMs } };
}

/** `1m20s`: durations as messages write them. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}
