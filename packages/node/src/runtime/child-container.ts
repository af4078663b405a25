/**
 * A started process as a RunningContainer: output to its reader, exit code, signals, and the wait for its last line.
 * What is particular to an isolation level (which process gets a signal, how the rest is swept up) is passed in.
 */
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '@kindred/machinery';
import { exitStatus } from './exit-status.ts';
import type { OutputPipes } from './output-pipes.ts';
import type { ContainerSpec, ExitStatus, RunningContainer } from './runtime.ts';
import { sendWhenCaught } from './send-when-caught.ts';

/** A process that left the container's group may hold its output open; nobody waits longer than this for it. */
const outputWaitMs = 1_000;

export interface WatchedChild {
  readonly child: ChildProcess;
  readonly output: OutputPipes;
  readonly spec: ContainerSpec;
  readonly clock: Clock;
  /** Ends whatever the first process left behind. */
  readonly sweep: () => void;
}

/** Passes on the child's output and waits for its end. Call it in the same turn as `spawn`: a program may end at once. */
export function watchChild({ child, output, spec, clock, sweep }: WatchedChild): Promise<ExitStatus> {
  output.stdout.on('data', (chunk: Buffer) => spec.onOutput('stdout', chunk));
  output.stderr.on('data', (chunk: Buffer) => spec.onOutput('stderr', chunk));
  child.once('error', () => output.close());
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const status = exitStatus(code, signal, clock.now());
      sweep();
      const cancel = clock.after(outputWaitMs, () => output.close());
      void output.ended.then(() => {
        cancel();
        resolve(status);
      });
    });
  });
}

export interface StartedChild {
  readonly spec: ContainerSpec;
  /** The container's first process; differs from the child's when helpers stand between. */
  readonly pid: number;
  readonly startedAt: number;
  readonly exited: Promise<ExitStatus>;
  readonly clock: Clock;
  readonly kill: () => void;
  readonly exec: RunningContainer['exec'];
}

export function childContainer({ spec, pid, startedAt, exited, clock, kill, exec }: StartedChild): RunningContainer {
  return {
    id: spec.id,
    name: spec.name,
    pid,
    startedAt,
    exited,
    signal: (signal) => sendWhenCaught({ pid, signal, startedAt, exited, clock }),
    kill,
    exec,
  };
}
