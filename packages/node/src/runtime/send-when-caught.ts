/**
 * A signal that isn't lost on a program that has only just started. The first process of a PID namespace ignores every
 * signal that it doesn't handle (pid_namespaces(7)), and a program needs a moment until it does: without this a pod that
 * is deleted while it starts would stay for the whole of its grace period.
 */

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Clock } from '@kindred/machinery';
import { sendSignal } from './send-signal.ts';

const pollMs = 50;
/** How long a handler may take to step back. */
const settleMs = 10;

export interface SentSignal {
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  /** Ends the wait. */
  readonly exited: Promise<unknown>;
  readonly clock: Clock;
}

/** Sends the signal now, and again when the program, still running, begins to handle it. */
export function sendWhenCaught({ pid, signal, exited, clock }: SentSignal): void {
  let ignored = catches(pid, signal) === false;
  let over = false;
  let cancel = (): void => undefined;
  const send = (): void => {
    sendSignal(pid, signal);
    cancel = clock.after(settleMs, look);
  };
  const look = (): void => {
    const caught = catches(pid, signal);
    if (over || caught === undefined) return;
    if (!caught) {
      // Also after a handler that lets itself be replaced: Node.js has one until the program's own is there.
      ignored = true;
      cancel = clock.after(pollMs, look);
    } else if (ignored) {
      ignored = false;
      send();
    }
  };
  send();
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
