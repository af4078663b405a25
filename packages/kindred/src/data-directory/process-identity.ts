/**
 * Tells a process from a later one that got the same number: the pid together with its start time
 * (field 22 of `/proc/<pid>/stat`, proc(5)). Where there is no /proc the start time is empty and only the pid counts.
 */

import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '@kindred/machinery';

export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await startTime(pid)) ?? '' };
}

/** True while this very process lives. */
export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (!hasErrorCode(error, 'EPERM')) return false;
  }
  if (started === '') return true;
  const current = await startTime(pid);
  return current === undefined || current === started;
}

async function startTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may hold spaces: fields are counted from behind it (state is field 3).
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
