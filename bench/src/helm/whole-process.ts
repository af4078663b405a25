/** One run of a program from start to end: how long it took, and the most memory it had. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { peakBytes } from '../process-figures.ts';

export interface WholeRun {
  /** Milliseconds from the start to the end of output and process. */
  readonly wall: number;
  /** Bytes of resident memory at the highest point. */
  readonly peak: number;
  readonly stdout: string;
}

export interface WholeRunOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

const sampleEvery = 4;

/** Fails when the program does. */
export async function runWhole(
  program: string,
  args: readonly string[],
  { environment = {} }: WholeRunOptions = {},
): Promise<WholeRun> {
  const started = performance.now();
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  // The kernel keeps the highest point while the process is there; the last look before its end comes near it.
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, peakBytes(child.pid ?? -1));
  };
  const timer = setInterval(look, sampleEvery);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    look();
  });
  const [code] = await once(child, 'close');
  const wall = performance.now() - started;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return { wall, peak, stdout: Buffer.concat(chunks).toString() };
}
