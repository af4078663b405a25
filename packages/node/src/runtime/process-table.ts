/**
 * Reads of /proc: start times (a process id alone is reused), descendants, environments, and resource figures.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks since boot: with the pid, the identity of a process. */
  readonly startTime: number;
  /** User and system time in clock ticks (100 a second on Linux). */
  readonly cpuTicks: number;
  readonly residentPages: number;
  /** `Z` for a process that has ended but has not been waited for. */
  readonly state: string;
}

/** undefined when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseProcessStat(text);
}

/** One line of /proc/PID/stat. The program's name stands in parentheses and may hold anything, so it is cut at the last one. */
function parseProcessStat(text: string): ProcessStat | undefined {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  if (nameEnd < 0 || fields.length < 22) return undefined;
  return {
    pid: Number.parseInt(text, 10),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTime: Number(fields[19]),
    residentPages: Number(fields[21]),
  };
}

/** All processes that this user may see. */
export function listProcesses(): ProcessStat[] {
  const processes: ProcessStat[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProcessStat(Number(name));
    if (stat) processes.push(stat);
  }
  return processes;
}

/** `root` and everything below it in the process tree. */
export function processTree(processes: readonly ProcessStat[], root: number): ProcessStat[] {
  const inTree = new Set([root]);
  let grown = true;
  while (grown) {
    grown = false;
    for (const process of processes) {
      if (inTree.has(process.parent) && !inTree.has(process.pid)) {
        inTree.add(process.pid);
        grown = true;
      }
    }
  }
  return processes.filter((process) => inTree.has(process.pid));
}

/** Live processes whose environment holds `entry` (`NAME=value`). Other users' environments can't be read and don't match. */
export function processesWithEnvironment(entry: string): ProcessStat[] {
  const needle = `\0${entry}\0`;
  return listProcesses().filter((process) => {
    if (process.state === 'Z') return false;
    const environment = readProc(`/proc/${process.pid}/environ`);
    return environment !== undefined && `\0${environment}`.includes(needle);
  });
}

/** undefined when the file is gone or not ours to read, which are everyday outcomes in /proc. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}

function isExpected(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM';
}
