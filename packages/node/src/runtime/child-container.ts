/**
 * A started process as a RunningContainer: output to its reader, exit code, signals, and the wait for its last line.
 * What is particular to an isolation level (which process gets a signal, how the rest is swept up) is passed in.
 */
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '@kindred/machinery';
import { exitStatus } from './exit-status.ts';
import type { ContainerSpec, ExecOptions, ExecResult, ExitStatus, RunningContainer } from './runtime.ts';
import { sendSignal } from './send-signal.ts';

export interface ChildContainerParts {
  readonly spec: ContainerSpec;
  readonly child: ChildProcess;
  /** The container's first process; differs from the child's when helpers stand between. */
  readonly pid: number;
  readonly clock: Clock;
  /** Ends whatever the first process left behind. */
  readonly sweep: () => void;
  readonly exec: (argv: readonly string[], options: ExecOptions) => Promise<ExecResult>;
}

/** A process that left the container's group may hold its output open; nobody waits longer than this for it. */
const outputWaitMs = 1_000;

export function childContainer(parts: ChildContainerParts): RunningContainer {
  const { spec, child, pid, clock, sweep } = parts;
  child.stdout?.on('data', (chunk: Buffer) => spec.onOutput('stdout', chunk));
  child.stderr?.on('data', (chunk: Buffer) => spec.onOutput('stderr', chunk));
  return {
    id: spec.id,
    name: spec.name,
    pid,
    startedAt: clock.now(),
    exited: waitForExit(child, clock, sweep),
    signal: (signal) => void sendSignal(pid, signal),
    kill() {
      sendSignal(pid, 'SIGKILL');
      sweep();
    },
    exec: parts.exec,
  };
}

function waitForExit(child: ChildProcess, clock: Clock, sweep: () => void): Promise<ExitStatus> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const status = exitStatus(code, signal, clock.now());
      sweep();
      const cancel = clock.after(outputWaitMs, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(status);
      });
      child.once('close', () => {
        cancel();
        resolve(status);
      });
    });
  });
}
