/** Dependencies of the file system: `file://../chart`, relative to the chart that names them. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';

export function isLocalRepository(repository: string): boolean {
  return repository.startsWith('file://');
}

/** The path of what the chart names. Throws ChartError when there is nothing. */
export async function localPath(repository: string, chartPath: string): Promise<string> {
  const named = repository.replace(/^file:\/\//, '');
  const path = isAbsolute(named) ? named : join(chartPath, named);
  try {
    await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new ChartError(`directory ${path} not found`, { cause: error });
    throw error;
  }
  return path;
}
