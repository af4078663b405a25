/** A program that runs until it is told to end, such as `kubectl get -w` or `kubectl logs -f`, and what it printed so far. */
import { type ChildProcess, spawn } from 'node:child_process';
import { eventually } from './eventually.ts';

export class RunningCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  /** What came on standard output. */
  stdout = '';
  stderr = '';

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? -1));
    });
    this.#ended.catch(() => undefined);
  }

  /** Waits until standard output matches. */
  async prints(pattern: RegExp, options?: { timeout?: number }): Promise<RegExpExecArray> {
    const probe = (): RegExpExecArray | undefined => pattern.exec(this.stdout) ?? undefined;
    try {
      return await eventually(`${pattern}`, probe, options);
    } catch (error) {
      throw new Error(`Instead of ${pattern} came:\n${this.stdout}${this.stderr}`, { cause: error });
    }
  }

  /** Waits until the program ends by itself; gives its exit code. */
  async exited(): Promise<number> {
    return this.#ended;
  }

  /** Ends it, as Ctrl-C does; gives its exit code, -1 for a signal. */
  async end(): Promise<number> {
    this.#child.kill('SIGINT');
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
