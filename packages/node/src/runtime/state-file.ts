/**
 * The record of what the agent started, kept on disk so that the next agent can end what a killed one left behind.
 * One small JSON file; a process is named by its id and start time together, since ids are reused.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode, type Logger } from '@kindred/machinery';
import { readProcessStat } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

export interface RecordedProcess {
  readonly pid: number;
  readonly startTime: number;
}

export class StateFile {
  readonly #path: string;
  readonly #log: Logger;
  readonly #running = new Map<number, RecordedProcess>();

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  add(pid: number): void {
    const stat = readProcessStat(pid);
    if (!stat) return;
    this.#running.set(pid, { pid, startTime: stat.startTime });
    this.#write();
  }

  remove(pid: number): void {
    if (this.#running.delete(pid)) this.#write();
  }

  /** Sends SIGKILL to the group of every recorded process that is still the same one. Gives how many there were. */
  killLeftovers(): number {
    let killed = 0;
    for (const { pid, startTime } of readRecord(this.#path)) {
      if (readProcessStat(pid)?.startTime !== startTime) continue;
      sendSignal(-pid, 'SIGKILL');
      sendSignal(pid, 'SIGKILL');
      killed++;
    }
    return killed;
  }

  /** What can't be noted (on a full disk) is worth a warning, but not a pod. */
  #write(): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#running.values()]));
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#log.error('Processes could not be noted', error, { path: this.#path });
    }
  }
}

function readRecord(path: string): RecordedProcess[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
  const parsed = parse(text);
  return Array.isArray(parsed) ? parsed.filter(isRecordedProcess) : [];
}

/** A file that a crash of the machine left half written names nothing: no process has outlived that. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecordedProcess(value: unknown): value is RecordedProcess {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startTime' in value &&
    typeof value.startTime === 'number'
  );
}
