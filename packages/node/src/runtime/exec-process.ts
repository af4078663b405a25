/** A command run beside a container's own process, for probes and hooks: bounded time, bounded output. */
import { spawn } from 'node:child_process';
import type { ExecResult } from './runtime.ts';
import { sendSignal } from './send-signal.ts';

const outputLimit = 10 * 1024;

export interface ExecProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs: number;
}

/** A program that isn't there gives exit code 127 and the reason as output; running out of time gives `timedOut`. */
export function execProcess(command: ExecProcess): Promise<ExecResult> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...command.env },
      ...(command.cwd !== undefined && { cwd: command.cwd }),
      ...(command.uid !== undefined && { uid: command.uid }),
      ...(command.gid !== undefined && { gid: command.gid }),
    });
    const chunks: Buffer[] = [];
    let timedOut = false;
    const collect = (chunk: Buffer) => {
      if (chunks.reduce((sum, part) => sum + part.length, 0) < outputLimit) chunks.push(chunk);
    };
    const output = () => Buffer.concat(chunks).subarray(0, outputLimit).toString('utf8');
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, command.timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ exitCode: 127, output: error.message, timedOut: false });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ exitCode: code ?? 137, output: output(), timedOut });
    });
  });
}
