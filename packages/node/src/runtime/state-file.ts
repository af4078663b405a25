/**
 * The record of what the agent started, kept on disk so that the next agent can end what a killed one left behind.
 * One small JSON file; a process is named by its id and start time together, since ids are reused.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { readProcessStat } from './process-table.ts';
import { sendSignal } from './send-signal.ts';

export interface RecordedProcess {
  readonly pid: number;
  readonly startTime: number;
}

export class StateFile {
  readonly #path: string;
  readonly #running = new Map<number, RecordedProcess>();

  constructor(path: string) {
    this.#path = path;
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

  #write(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, JSON.stringify([...this.#running.values()]));
    renameSync(`${this.#path}.new`, this.#path);
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
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter(isRecordedProcess) : [];
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
