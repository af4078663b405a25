/** The options of `GET …/pods/NAME/log` (core/v1 PodLogOptions), and which lines they let through. Pure. */
import type { LogLine, LogStream } from './log-line.ts';

export interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** undefined: all lines. */
  readonly tailLines?: number;
  /** Milliseconds since the epoch: older lines are left out. */
  readonly since?: number;
  readonly limitBytes?: number;
  /** undefined: both. */
  readonly stream?: LogStream;
}

/** @throws RangeError with the parameter's name when a value can't be read. */
export function parseLogQuery(parameters: URLSearchParams, now: number): LogQuery {
  const flag = (name: string) => /^(true|1|)$/.test(parameters.get(name) ?? 'false');
  const count = (name: string) => {
    const text = parameters.get(name);
    if (text === null || text === '') return undefined;
    if (!/^\d+$/.test(text)) throw new RangeError(`${name}: expected a whole number, found ${JSON.stringify(text)}`);
    return Number(text);
  };
  const tailLines = count('tailLines');
  const limitBytes = count('limitBytes');
  const sinceSeconds = count('sinceSeconds');
  const since = sinceSeconds === undefined ? sinceTime(parameters.get('sinceTime')) : now - sinceSeconds * 1000;
  const stream = parameters.get('stream')?.toLowerCase();
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(tailLines !== undefined && { tailLines }),
    ...(since !== undefined && { since }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...((stream === 'stdout' || stream === 'stderr') && { stream }),
  };
}

function sinceTime(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new RangeError(`sinceTime: expected RFC 3339, found ${JSON.stringify(text)}`);
  return time;
}

export function wanted(line: LogLine, query: LogQuery): boolean {
  if (query.stream !== undefined && line.stream !== query.stream) return false;
  return query.since === undefined || Date.parse(line.time) >= query.since;
}

/** The text that a client gets for the line. */
export function shownLine(line: LogLine, query: LogQuery): string {
  const text = query.timestamps ? `${line.time} ${line.text}` : line.text;
  return line.partial ? text : `${text}\n`;
}
