/** How a process ended, in Kubernetes' counting: a signal's number plus 128 is its exit code. */
import { constants } from 'node:os';
import type { ExitStatus } from './runtime.ts';

export function exitStatus(code: number | null, signal: NodeJS.Signals | null, finishedAt: number): ExitStatus {
  if (signal === null) return { exitCode: code ?? 255, signal: 0, finishedAt };
  const number = constants.signals[signal];
  return { exitCode: 128 + number, signal: number, finishedAt };
}
