/**
 * Lines of a container's log file, in the format of the Container Runtime Interface:
 * `2026-01-02T03:04:05.678901234Z stdout F text`, where F ends a line and P is a part of a longer one.
 */

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  readonly time: string;
  readonly stream: LogStream;
  readonly partial: boolean;
  readonly text: string;
}

/** Without the newline. Milliseconds are padded to nanoseconds, the precision that clients expect. */
export function formatLogLine(line: { time: number; stream: LogStream; partial: boolean; text: string }): string {
  return `${new Date(line.time).toISOString().slice(0, -1)}000000Z ${line.stream} ${line.partial ? 'P' : 'F'} ${line.text}`;
}

/** undefined for a line that was cut when the machine stopped. */
export function parseLogLine(text: string): LogLine | undefined {
  const timeEnd = text.indexOf(' ');
  const streamEnd = text.indexOf(' ', timeEnd + 1);
  const tagEnd = text.indexOf(' ', streamEnd + 1);
  if (timeEnd < 0 || streamEnd < 0 || tagEnd < 0) return undefined;
  const stream = text.slice(timeEnd + 1, streamEnd);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const partial = text.slice(streamEnd + 1, tagEnd) === 'P';
  return { time: text.slice(0, timeEnd), stream, partial, text: text.slice(tagEnd + 1) };
}
