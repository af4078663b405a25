/** Lines on stderr as helm 4 writes them (Go's slog text form without time): `level=WARN msg="…" key=value`. */
import { quote } from '../go/quote.ts';
import { isPlainRemark } from '../values/warn.ts';
import type { OutputStream } from './host.ts';

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  /** Only shown with --debug. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export function createLog(stream: OutputStream, { debug }: { readonly debug: boolean }): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const members = Object.entries({ msg: message, ...fields }).map(
        ([key, value]) => ` ${key}=${text(String(value))}`,
      );
      stream.write(`level=${level}${members.join('')}\n`);
    };
  return {
    debug: debug ? line('DEBUG') : () => undefined,
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
  };
}

/** A warning about values, at the level that helm gives it. */
export function logWarning(log: Log, message: string, fields?: LogFields): void {
  if (isPlainRemark(message)) log.info(message, fields);
  else log.warn(message, fields);
}

function text(value: string): string {
  return value !== '' && /^[!#-<>-~\u00a1-\u{10ffff}]+$/u.test(value) ? value : quote(value);
}
