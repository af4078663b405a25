/**
 * The agent's structured log: one JSON object a line on a stream (stderr in production).
 *
 * Messages start with a capital, name the kind of object, and carry data as fields; secrets are never fields.
 */
import type { Clock } from '@kindred/machinery';

export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

/** Writes each entry as one line of JSON to `write`. */
export function createLogger(clock: Clock, write: (line: string) => void): Logger {
  const entry = (level: string, message: string, fields: Readonly<Record<string, unknown>> | undefined) =>
    write(`${JSON.stringify({ time: new Date(clock.now()).toISOString(), level, message, ...fields })}\n`);
  return {
    info: (message, fields) => entry('info', message, fields),
    warn: (message, fields) => entry('warn', message, fields),
    error: (message, error, fields) => entry('error', message, { error: errorText(error), ...fields }),
  };
}

/** The human part of anything thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A logger that keeps nothing, for tests and for parts that are used on their own. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
