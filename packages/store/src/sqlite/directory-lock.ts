/**
 * A note beside the store's file that says which process has it, for error messages. The lock itself is SQLite's, on the
 * file: the kernel releases it when the process ends, however it ends, so a stale note does no harm.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const noteOf = (file: string): string => `${file}.pid`;

export function noteHolder(file: string, pid: number): void {
  writeFileSync(noteOf(file), `${pid}\n`, { mode: 0o600 });
}

/** The process that noted itself last; undefined when there is no readable note. */
export function readHolder(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(noteOf(file), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    // The note only improves a message; without it the message says "another process".
    return undefined;
  }
}

export function removeNote(file: string): void {
  rmSync(noteOf(file), { force: true });
}
