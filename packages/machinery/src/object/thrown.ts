/** What may be read of something that was thrown: anything can be, though it nearly always is an Error. */

/** The human part. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * True for an Error of Node.js with this code.
 *
 * @example hasErrorCode(error, 'ENOENT')
 */
export function hasErrorCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

/** An error of the operating system: of a call that could not be done. */
export function isSystemError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'syscall' in thrown;
}
