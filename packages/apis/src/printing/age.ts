/** Ages of things, as cells of tables show them. */
import { formatAge, parseTime } from '@kindred/machinery';

/** How long ago a timestamp was: `5m`; `<unknown>` without one. `now` is in milliseconds. */
export function ageOf(timestamp: string | null | undefined, now: number): string {
  const time = parseTime(timestamp ?? '');
  return time === undefined ? '<unknown>' : formatAge(now - time);
}
