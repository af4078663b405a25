/** Reads a container's log file for a client: the part asked for, and then what is written while it follows. */
import { createReadStream, existsSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ContainerLog } from './container-log.ts';
import { type LogLine, parseLogLine } from './log-line.ts';
import { type LogQuery, shownLine, wanted } from './log-query.ts';

export interface LogSource {
  readonly path: string;
  /** Present while the container runs: then the log may be followed. */
  readonly live?: ContainerLog;
}

/** Pieces of text in order. Ends at the end of the file, or, when following, at the container's end or the signal. */
export async function* readLog(source: LogSource, query: LogQuery, signal: AbortSignal): AsyncGenerator<string> {
  let left = query.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const text of selectedText(source, query, signal)) {
    const bytes = Buffer.from(text);
    if (bytes.length >= left) {
      yield bytes.subarray(0, left).toString('utf8');
      return;
    }
    left -= bytes.length;
    if (text !== '') yield text;
  }
}

async function* selectedText(source: LogSource, query: LogQuery, signal: AbortSignal): AsyncGenerator<string> {
  const { live, path } = source;
  // Opened in one go, with the count: a turn of the file meanwhile must not lose or repeat lines.
  const [older, current, turns] = [openLog(`${path}.1`), openLog(path), live?.turns ?? 0];
  const before = await readLines(older, 0);
  const { lines, end } = await readLines(current, 0);
  const selected = [...before.lines, ...lines].filter((line) => wanted(line, query));
  yield show(lastLines(selected, query.tailLines), query);
  if (query.follow && live) yield* followedText({ live, query, signal }, { offset: end, turns });
}

interface Following {
  readonly live: ContainerLog;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
}

async function* followedText({ live, query, signal }: Following, from: { offset: number; turns: number }) {
  let { offset, turns } = from;
  while (!signal.aborted) {
    const changed = nextChange(live, signal);
    const { open: stillOpen, turns: turnsNow } = live;
    const turned = turnsNow !== turns;
    const [older, current] = [turned ? openLog(`${live.path}.1`) : undefined, openLog(live.path)];
    const rest = await readLines(older, offset);
    const { lines, end } = await readLines(current, turned ? 0 : offset);
    offset = end;
    turns = turnsNow;
    yield show(
      [...rest.lines, ...lines].filter((line) => wanted(line, query)),
      query,
    );
    if (!stillOpen) return changed.stop();
    await changed.happened;
  }
}

function nextChange(live: ContainerLog, signal: AbortSignal): { happened: Promise<void>; stop: () => void } {
  let stop = () => {};
  const happened = new Promise<void>((resolve) => {
    const done = () => {
      stop();
      resolve();
    };
    const off = live.onChange(done);
    signal.addEventListener('abort', done, { once: true });
    stop = () => {
      off();
      signal.removeEventListener('abort', done);
    };
  });
  return { happened, stop };
}

/** A partial entry and the full one that ends it count as one line. */
function lastLines(lines: LogLine[], count: number | undefined): LogLine[] {
  if (count === undefined) return lines;
  let start = lines.length;
  for (let left = count; start > 0; start--) {
    const before = lines[start - 1];
    if (before && !before.partial && left-- === 0) break;
  }
  return lines.slice(start);
}

function show(lines: readonly LogLine[], query: LogQuery): string {
  return lines.map((line) => shownLine(line, query)).join('');
}

/** undefined when there is no such file. */
function openLog(path: string): number | undefined {
  return existsSync(path) ? openSync(path, 'r') : undefined;
}

/** Whole lines from `offset` on, and where the next one begins. Closes the file. */
async function readLines(file: number | undefined, offset: number): Promise<{ lines: LogLine[]; end: number }> {
  if (file === undefined) return { lines: [], end: offset };
  const chunks: Buffer[] = [];
  // Without an encoding a stream of a file gives buffers.
  for await (const chunk of createReadStream('', { fd: file, start: offset })) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const complete = bytes.lastIndexOf(0x0a) + 1;
  const lines: LogLine[] = [];
  for (const text of bytes.subarray(0, complete).toString('utf8').split('\n')) {
    const line = text === '' ? undefined : parseLogLine(text);
    if (line) lines.push(line);
  }
  return { lines, end: offset + complete };
}

/** The last lines of a log, for the termination message of a container that wrote none: at most 80 lines and 2 KiB. */
export async function logTail(path: string): Promise<string> {
  if (!existsSync(path)) return '';
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 16 * 1024);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8').split('\n').map(parseLogLine);
    const text = lines
      .flatMap((line) => (line ? [line.text] : []))
      .slice(-80)
      .join('\n');
    return Buffer.from(text).subarray(-2048).toString('utf8');
  } finally {
    await file.close();
  }
}
