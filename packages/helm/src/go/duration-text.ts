/** How Go writes lengths of time. */

/** A time.Duration, given in nanoseconds, as its String method writes it: `1h15m30.5s`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const negative = nanoseconds < 0n;
  const total = negative ? -nanoseconds : nanoseconds;
  return (negative ? '-' : '') + (total < 1_000_000_000n ? smallDuration(total) : longDuration(total));
}

function smallDuration(total: bigint): string {
  if (total < 1000n) return `${total}ns`;
  if (total < 1_000_000n) return `${decimal(total, 3)}µs`;
  return `${decimal(total, 6)}ms`;
}

function longDuration(total: bigint): string {
  const minutes = total / 60_000_000_000n;
  const seconds = `${decimal(total % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
