/**
 * Runs a helper program of the system (`ip`, `mount`, `git`) to its end and gives its output.
 *
 * Arguments are always an array: nothing here is ever read by a shell.
 */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Text for the program's standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const outputLimit = 1 << 20;

/** Never rejects for a failing program: look at `code`. A program that can't be started gives code 127 and the reason. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env && { env: options.env }),
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 10_000);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const finish = (result: CommandResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      const stderr = error.code === 'ENOENT' ? `the program ${file} is not installed` : error.message;
      finish({ code: 127, signal: null, stdout: '', stderr });
    });
    child.on('close', (code, signal) => finish({ code, signal, stdout: stdout(), stderr: stderr() }));
    // A program that ends without reading its input makes the pipe fail; its exit code tells the story.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program that must succeed; throws with its own words when it doesn't. */
export async function mustRun(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.code === 0) return result.stdout;
  const how = result.signal ? `was ended by ${result.signal}` : `exited with ${result.code}`;
  throw new Error(`${file} ${args.join(' ')} ${how}: ${(result.stderr || result.stdout).trim()}`);
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, outputLimit).toString('utf8');
}
