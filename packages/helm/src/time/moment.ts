/** A point in time as Go's time.Time has it: nanoseconds and a zone. */
import { type Zone, zoneAt } from './zone.ts';

export interface Moment {
  /** Nanoseconds since 1970 in UTC. */
  readonly nanoseconds: bigint;
  readonly zone: Zone;
  /** Set for what Go's time.Now gives, which prints a monotonic reading too. */
  readonly monotonic?: boolean;
}

export interface WallClock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 is the first of January. */
  readonly yearDay: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly abbreviation: string;
}

export function wallClock(moment: Moment): WallClock {
  const milliseconds = Number(floorDivide(moment.nanoseconds, 1_000_000n));
  const { offset, abbreviation } = zoneAt(moment.zone, milliseconds);
  const date = new Date(milliseconds + offset * 1000);
  const startOfYear = new Date(0);
  startOfYear.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(moment.nanoseconds - floorDivide(moment.nanoseconds, 1_000_000_000n) * 1_000_000_000n),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - startOfYear.getTime()) / 86_400_000) + 1,
    offset,
    abbreviation,
  };
}

/** Seconds since 1970. */
export function unixSeconds(moment: Moment): bigint {
  return floorDivide(moment.nanoseconds, 1_000_000_000n);
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
