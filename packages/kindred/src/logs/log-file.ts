/**
 * A log file that cannot fill the disk: when it has grown past its limit it becomes `<name>.1`, and a new one begins.
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface LogFile {
  write(text: string): void;
  close(): void;
}

const defaultLimit = 16 * 1024 * 1024;

/** Opens the file for appending. Lines that cannot be written (disk full) are dropped: a log must not stop what it is about. */
export function openLogFile(path: string, limit = defaultLimit): LogFile {
  let file: number | undefined = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  return {
    write(text) {
      if (file === undefined) return;
      if (size > limit) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, 'a', 0o600);
        size = 0;
      }
      size += writeOrDrop(file, text);
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function writeOrDrop(file: number, text: string): number {
  try {
    return writeSync(file, text);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return 0;
    throw error;
  }
}
