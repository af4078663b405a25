/**
 * `kindred up` as a process of its own, on free ports and in a temporary directory, for a suite to drive.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientBinary } from './client-binaries.ts';
import { eventually } from './eventually.ts';
import { kindredProgram } from './kindred-program.ts';
import type { CommandResult, RunOptions } from './run-command.ts';
import { runCommand } from './run-command.ts';
import { RunningCommand } from './running-command.ts';

export interface StartOptions {
  /** More flags of `kindred up`. */
  readonly args?: readonly string[];
  /** Starts again on what an earlier platform left there. */
  readonly directory?: string;
  /** User and group to run as; only root may choose. */
  readonly user?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export class TestPlatform implements AsyncDisposable {
  /** Holds the data directory, the kubeconfig and the clients' caches. */
  readonly directory: string;
  readonly kubeconfig: string;
  readonly #child: ChildProcess;
  readonly #output: { text: string };
  #exited = false;

  private constructor(directory: string, child: ChildProcess, output: { text: string }) {
    this.directory = directory;
    this.kubeconfig = join(directory, 'kubeconfig');
    this.#child = child;
    this.#output = output;
    child.once('exit', () => {
      this.#exited = true;
    });
  }

  /** Starts a platform; resolves at its `Ready` line. A directory that was given is kept when the start fails. */
  static async start(options: StartOptions = {}): Promise<TestPlatform> {
    const { user } = options;
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'kindred-conformance-')));
    if (user !== undefined) await chown(directory, user, user);
    const args = [
      'up',
      '--data-dir',
      join(directory, 'data'),
      '--secure-port',
      '0',
      '--write-kubeconfig',
      join(directory, 'kubeconfig'),
    ];
    const child = spawn(process.execPath, [kindredProgram, ...args, ...(options.args ?? [])], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    const platform = new TestPlatform(directory, child, output);
    try {
      let hasEnded = false;
      child.once('close', () => {
        hasEnded = true;
      });
      const isReady = (): true | undefined => (hasEnded || /^Ready/m.test(output.text) ? true : undefined);
      await eventually('the Ready line', isReady);
      if (hasEnded) throw new Error(`kindred up ended with ${child.exitCode ?? child.signalCode}`);
    } catch (error) {
      await (options.directory === undefined ? platform.stop() : platform.end());
      throw new Error(`kindred up did not become ready; it printed:\n${output.text}`, { cause: error });
    }
    return platform;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Everything that the platform printed so far. */
  get output(): string {
    return this.#output.text;
  }

  /** The value of a line that the platform printed at its end, such as `page` or `repository`. */
  printed(name: string): string {
    const value = new RegExp(`^ +${name} +(.*)$`, 'm').exec(this.output)?.[1];
    if (value === undefined) throw new Error(`kindred up printed no ${name}:\n${this.output}`);
    return value;
  }

  /** Runs the real kubectl against this platform; it is killed after 30 s. */
  async kubectl(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const binary = await clientBinary('kubectl');
    return runCommand(binary, [...this.#kubectlFlags, ...args], { timeout: 30_000, ...options });
  }

  /** Starts a kubectl that runs until it is ended: `get -w`, `logs -f`, `proxy`. */
  async startKubectl(args: readonly string[]): Promise<RunningCommand> {
    return new RunningCommand(await clientBinary('kubectl'), [...this.#kubectlFlags, ...args]);
  }

  get #kubectlFlags(): string[] {
    return ['--kubeconfig', this.kubeconfig, '--cache-dir', join(this.directory, 'kubectl-cache')];
  }

  /** Runs kubectl and gives its standard output; an exit code other than 0 throws what it printed. */
  async kubectlOk(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}:\n${stderr}${stdout}`);
    return stdout;
  }

  /** Runs the real helm against this platform. */
  async helm(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const home = join(this.directory, 'helm');
    const environment = {
      HELM_CACHE_HOME: home,
      HELM_CONFIG_HOME: home,
      HELM_DATA_HOME: home,
      KUBECONFIG: this.kubeconfig,
      ...options.environment,
    };
    return runCommand(await clientBinary('helm'), args, { ...options, environment });
  }

  /** Sends a signal and waits for the end; gives the exit code (-1 for a signal) and the milliseconds it took. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<{ code: number; milliseconds: number }> {
    const started = performance.now();
    if (!this.#exited) {
      const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
      this.#child.kill(signal);
      await ended;
    }
    return { code: this.#child.exitCode ?? -1, milliseconds: performance.now() - started };
  }

  /** Ends the platform and removes its directory. */
  async stop(): Promise<void> {
    await this.end();
    await rm(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
