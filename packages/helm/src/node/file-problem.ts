/** Errors of the file system in Go's words: `open values.yaml: no such file or directory`. */
import { errorText } from '@kindred/machinery';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'file exists',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
  ELOOP: 'too many levels of symbolic links',
};

/** @param operation what was tried, as Go names it: `open`, `mkdir`, `read` */
export function fileProblem(operation: string, path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Go opens a directory without complaint and fails when it reads.
  const verb = code === 'EISDIR' && operation === 'open' ? 'read' : operation;
  return `${verb} ${path}: ${WORDS[code] ?? errorText(error)}`;
}
