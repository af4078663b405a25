/**
 * One agent to a data directory: an agent whose control plane was killed may still be stopping its pods when the next one
 * starts, and would take the network away under it. It is ended first; what it leaves is cleaned up like any other leftover.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Clock } from '@kindred/machinery';
import { hasErrorCode } from '@kindred/machinery';
import { readProcessStat } from '../runtime/process-table.ts';
import { sendSignal } from '../runtime/send-signal.ts';

const pauseMs = 5;

/** Ends the agent that `file` names, waits until it is gone, and puts this process into its place. True if there was one. */
export async function endEarlierAgent(file: string, clock: Clock, pid: number = process.pid): Promise<boolean> {
  const [earlier = 0, startTime = 0] = readNote(file);
  const isThere = (): boolean => {
    const stat = readProcessStat(earlier);
    // A process id alone may have been given to another program since.
    return earlier !== pid && stat !== undefined && stat.startTime === startTime && stat.state !== 'Z';
  };
  const found = isThere();
  if (found) sendSignal(earlier, 'SIGKILL');
  while (isThere()) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  writeFileSync(file, `${pid} ${readProcessStat(pid)?.startTime ?? 0}\n`);
  return found;
}

/** Process id and start time; nothing when no agent has been here. */
function readNote(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').trim().split(' ').map(Number);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
