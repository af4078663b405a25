/**
 * The logger that everything here is given: structured, in the manner of klog and logr. A message starts with a capital, has
 * no full stop and names the kind of object; what varies goes into the fields. Fields never carry secrets.
 */
import { errorText } from '../object/thrown.ts';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  /** Something that a person running this wants to see. */
  info(message: string, fields?: LogFields): void;
  /** A detail for those who look for one. */
  debug(message: string, fields?: LogFields): void;
  /** A failure; the program goes on. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** The same logger with fields that every line carries. */
  with(fields: LogFields): Logger;
}

/** Logs nothing. */
export const silentLogger: Logger = {
  info: () => undefined,
  debug: () => undefined,
  error: () => undefined,
  with: () => silentLogger,
};

export interface JsonLoggerOptions {
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly debug?: boolean;
}

/** One JSON object a line: ts, level, msg, the fields, and `err` for errors. */
export function createJsonLogger({ write, now, debug = false }: JsonLoggerOptions, base: LogFields = {}): Logger {
  const log = (level: string, msg: string, fields: LogFields | undefined): void =>
    write(`${JSON.stringify({ ts: new Date(now()).toISOString(), level, msg, ...base, ...fields })}\n`);
  return {
    info: (message, fields) => log('info', message, fields),
    debug: (message, fields) => {
      if (debug) log('debug', message, fields);
    },
    error: (message, error, fields) => log('error', message, { ...fields, err: errorText(error) }),
    with: (fields) => createJsonLogger({ write, now, debug }, { ...base, ...fields }),
  };
}
