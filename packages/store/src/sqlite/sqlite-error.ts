/** From SQLite's result codes to the port's errors. */
import { StoreError } from '../port.ts';
import { sqliteErrorCode } from './database.ts';

const busy = 5;
const locked = 6;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/** The StoreError for whatever a database call threw. `holder` is the process that has the file, if known. */
export function toStoreError(error: unknown, file: string, holder?: number): StoreError {
  if (error instanceof StoreError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  switch (sqliteErrorCode(error)) {
    case busy:
    case locked:
      return new StoreError(
        'locked',
        `${file} is in use by ${holder === undefined ? 'another process' : `process ${holder}`}`,
        {
          cause,
          hint: 'stop that process, or choose another data directory',
        },
      );
    case full:
      return new StoreError('noSpace', `no space left to write to ${file}`, {
        cause,
        hint: 'free some space: writing goes on by itself, and reading never stopped',
      });
    case corrupt:
    case notADatabase:
      return new StoreError('corrupt', `${file} is damaged: ${cause.message}`, {
        cause,
        hint: 'restore the file from a backup',
      });
    case cannotOpen:
    case ioError:
    default:
      return new StoreError('io', `${file}: ${cause.message}`, {
        cause,
        hint: 'check the disk and the permissions of the data directory, then start again',
      });
  }
}
