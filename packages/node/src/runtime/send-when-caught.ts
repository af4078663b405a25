/**
 * A signal that isn't lost on a program that has only just started. The first process of a PID namespace ignores every
 * signal that it doesn't handle (pid_namespaces(7)), and a program needs a moment until it does: without this a pod that
 * is deleted while it starts would stay for the whole of its grace period.
 *
 * A handler alone proves nothing in that moment: Node.js has one of its own, which only passes the signal on to nobody,
 * until the program's is there. So a young program is told again until it ends.
 */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Clock } from '@kindred/machinery';
import { sendSignal } from './send-signal.ts';

const youngMs = 2000;
const firstPauseMs = 50;
const longestPauseMs = 1000;

export interface SentSignal {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Ends the wait. */
  readonly exited: Promise<unknown>;
  readonly clock: Clock;
}

/** Sends the signal now; to a program that may not have heard it, again whenever it has a handler, until it ends. */
export function sendWhenCaught({ pid, signal, startedAt, exited, clock }: SentSignal): void {
  const young = clock.now() - startedAt < youngMs;
  const caught = catches(pid, signal);
  sendSignal(pid, signal);
  if (caught === undefined || (caught && !young)) return;
  let pause = firstPauseMs;
  let over = false;
  const again = (): void => {
    const heard = catches(pid, signal);
    if (over || heard === undefined) return;
    if (heard) sendSignal(pid, signal);
    pause = Math.min(pause * 2, longestPauseMs);
    cancel = clock.after(pause, again);
  };
  let cancel = clock.after(pause, again);
  void exited.then(() => {
    over = true;
    cancel();
  });
}

/** Whether the process has a handler for the signal (proc_pid_status(5), SigCgt); undefined when it cannot be told. */
function catches(pid: number, signal: NodeJS.Signals): boolean | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended, or this system has no such file: the signal was all that could be done.
    return undefined;
  }
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (mask === undefined) return undefined;
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}
