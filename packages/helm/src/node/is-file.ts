/** What is at a path, where anything that may not be read counts as not there. */
import { stat } from 'node:fs/promises';
import { isSystemError } from '@kindred/machinery';

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
