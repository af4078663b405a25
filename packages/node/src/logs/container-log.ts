/**
 * The log of one start of a container: written as its output arrives, readable at the same time. The file turns over at
 * a size limit and keeps one older part (`.1`), as the kubelet keeps few.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@kindred/machinery';
import { formatLogLine, type LogStream } from './log-line.ts';

/** Longer lines are stored in parts of this many characters. */
const longestPart = 16 * 1024;

export interface LogOptions {
  /** Size at which the file turns over. */
  readonly maxBytes?: number;
  /** Told once when lines begin to be lost, on a full disk for example. The container goes on. */
  readonly onFailure?: (error: unknown) => void;
}

export class ContainerLog {
  readonly path: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  readonly #rest = { stdout: '', stderr: '' };
  readonly #listeners = new Set<() => void>();
  #file: number | undefined;
  #size: number;
  #turns = 0;
  #failing = false;
  readonly #onFailure: (error: unknown) => void;

  constructor(path: string, clock: Clock, { maxBytes = 10 * 1024 * 1024, onFailure = () => {} }: LogOptions = {}) {
    this.path = path;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#onFailure = onFailure;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a', 0o640);
    this.#size = fstatSync(this.#file).size;
  }

  /** False once the container has ended and its last line is in the file. */
  get open(): boolean {
    return this.#file !== undefined;
  }

  /** How often the file has been turned over: a reader that follows starts the new one at its beginning. */
  get turns(): number {
    return this.#turns;
  }

  write(stream: LogStream, chunk: Buffer): void {
    const text = this.#rest[stream] + this.#decoders[stream].write(chunk);
    const lines = text.split('\n');
    this.#rest[stream] = lines.pop() ?? '';
    let entries = '';
    for (const line of lines) entries += this.#entry(stream, line);
    while (this.#rest[stream].length > longestPart) {
      entries += this.#format(stream, this.#rest[stream].slice(0, longestPart), true);
      this.#rest[stream] = this.#rest[stream].slice(longestPart);
    }
    this.#append(entries);
  }

  /** Calls `listener` after every write and at the end. The returned function stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what came without a newline, and ends the log. */
  end(): void {
    let entries = '';
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#rest[stream] + this.#decoders[stream].end();
      this.#rest[stream] = '';
      if (rest !== '') entries += this.#entry(stream, rest);
    }
    this.#append(entries);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#tell();
  }

  #entry(stream: LogStream, line: string): string {
    let entries = '';
    let rest = line;
    for (; rest.length > longestPart; rest = rest.slice(longestPart)) {
      entries += this.#format(stream, rest.slice(0, longestPart), true);
    }
    return entries + this.#format(stream, rest, false);
  }

  #format(stream: LogStream, text: string, partial: boolean): string {
    return `${formatLogLine({ time: this.#clock.now(), stream, partial, text })}\n`;
  }

  #append(entries: string): void {
    if (entries === '' || this.#file === undefined) return;
    const bytes = Buffer.from(entries);
    try {
      if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#turnOver(this.#file);
      writeSync(this.#file, bytes);
      this.#size += bytes.length;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#onFailure(error);
      this.#failing = true;
    }
    this.#tell();
  }

  /** The old file stays open until the new one is: a failure in between leaves a log that can be written. */
  #turnOver(file: number): void {
    renameSync(this.path, `${this.path}.1`);
    this.#file = openSync(this.path, 'a', 0o640);
    closeSync(file);
    this.#size = 0;
    this.#turns++;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Removes a log and its older part. */
export function removeLog(path: string): void {
  for (const file of [path, `${path}.1`]) if (existsSync(file)) rmSync(file);
}
