/** A logger that keeps errors only. */
import { errorText } from '@kindred/machinery';
import type { Logger } from '@kindred/operator';

/** @param errors gets a line for each */
export function collectingLogger(errors: string[]): Logger {
  const logger: Logger = {
    info: () => undefined,
    debug: () => undefined,
    error: (message, error, fields) => {
      errors.push(`${message}: ${errorText(error)} ${JSON.stringify(fields ?? {})}`);
    },
    with: () => logger,
  };
  return logger;
}
