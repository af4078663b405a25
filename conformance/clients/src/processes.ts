/** The processes of this machine, as /proc shows them: to see that a platform leaves none behind. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessFigure {
  readonly pid: number;
  readonly parent: number;
  /** Command line and environment, with blanks between. */
  readonly words: string;
  /** Together with the pid it names one process for good: pids are used again. */
  readonly started: string;
}

/** Those that have not ended; zombies have. */
export function processes(): ProcessFigure[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processFigure(Number(name)) ?? []);
}

/** A process and all that it started, directly or not. */
export function withDescendants(pid: number, all: readonly ProcessFigure[] = processes()): ProcessFigure[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [
    ...all.filter((figure) => figure.pid === pid),
    ...children.flatMap((child) => withDescendants(child.pid, all)),
  ];
}

function processFigure(pid: number): ProcessFigure | undefined {
  try {
    // The name, in brackets, may contain anything; the numbers start after it: state, parent, …
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z') return undefined;
    const words = [readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(`/proc/${pid}/environ`, 'utf8')];
    return { pid, parent: Number(fields[1]), words: words.join(' ').replaceAll('\0', ' '), started: fields[19] ?? '' };
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return undefined;
  }
}
