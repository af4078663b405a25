/**
 * Credentials that a program gives, asked for when they are needed and kept until they expire or the server refuses them
 * (Kubernetes documentation, 'Authenticating', client-go credential plugins; API group client.authentication.k8s.io).
 */
import { spawn } from 'node:child_process';
import type { Clock } from '@kindred/machinery';
import type { CredentialSource, Credentials } from '../../http-transport/credential-source.ts';
import type { ExecConfig } from './exec-config.ts';
import { readExecCredential } from './exec-credential.ts';

/** What the program gets of the process that starts it. */
export interface ExecEnvironment {
  /** Its variables; those of the kubeconfig are added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether it may ask somebody: standard input is a terminal that it can have. */
  readonly isTerminal: boolean;
  /** Hears what it writes to standard error; the process's own when absent. */
  readonly errors?: (data: Uint8Array) => void;
}

export interface ExecCredentialsOptions {
  readonly config: ExecConfig;
  /** What the program is told of the cluster, as JSON; called when the kubeconfig wants that. */
  readonly cluster: () => Promise<Readonly<Record<string, unknown>>>;
  readonly process: ExecEnvironment;
  readonly clock: Clock;
}

interface Kept {
  readonly credentials: Credentials;
  /** Milliseconds since the epoch; infinite when the program gave none. */
  readonly expires: number;
}

/** Runs the program once for all that wait. Owns it until it ends; `close` ends it. */
export class ExecCredentials implements CredentialSource {
  readonly #options: ExecCredentialsOptions;
  readonly #closing = new AbortController();
  #kept: Kept | undefined;
  #running: Promise<Kept> | undefined;
  #hasHinted = false;

  constructor(options: ExecCredentialsOptions) {
    this.#options = options;
  }

  async get(): Promise<Credentials> {
    if (this.#kept !== undefined && this.#options.clock.now() < this.#kept.expires) return this.#kept.credentials;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    try {
      this.#kept = await this.#running;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`getting credentials: ${problem}`, { cause: error });
    }
    return this.#kept.credentials;
  }

  refused(credentials: Credentials): void {
    if (this.#kept?.credentials === credentials) this.#kept = undefined;
  }

  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  async #run(): Promise<Kept> {
    const { config, cluster } = this.#options;
    const interactive = this.#isInteractive();
    const spec = { ...(config.provideClusterInfo ? { cluster: await cluster() } : {}), interactive };
    const info = JSON.stringify({ kind: 'ExecCredential', apiVersion: config.apiVersion, spec });
    const output = await this.#start(interactive, `${info}\n`);
    return readExecCredential(output, config.apiVersion);
  }

  #isInteractive(): boolean {
    const { config, process } = this.#options;
    if (config.interactiveMode === 'Always' && !process.isTerminal) {
      throw new Error('exec plugin cannot support interactive mode: standard input is not a terminal');
    }
    return config.interactiveMode !== 'Never' && process.isTerminal;
  }

  #start(interactive: boolean, info: string): Promise<string> {
    const { config, process } = this.#options;
    const given = Object.fromEntries(config.env.map(({ name, value }) => [name, value]));
    const output: Uint8Array[] = [];
    return new Promise((resolve, reject) => {
      const child = spawn(config.command, config.args, {
        env: { ...process.env, ...given, KUBERNETES_EXEC_INFO: info },
        signal: this.#closing.signal,
        stdio: [interactive ? 'inherit' : 'ignore', 'pipe', process.errors === undefined ? 'inherit' : 'pipe'],
      });
      child.stdout?.on('data', (data: Uint8Array) => output.push(data));
      child.stderr?.on('data', (data: Uint8Array) => process.errors?.(data));
      child.once('error', (error) => reject(this.#startProblem(error)));
      child.once('close', (code) => {
        if (code === 0) return resolve(Buffer.concat(output).toString('utf8'));
        // Killed by a signal, as Go counts.
        reject(new Error(`exec: executable ${config.command} failed with exit code ${code ?? -1}`));
      });
    });
  }

  /** How to get the program is told once. */
  #startProblem(error: Error): Error {
    const { command, installHint } = this.#options.config;
    const code = 'code' in error ? error.code : undefined;
    // A directory of PATH that may not be read is passed over by Go, and the program not found.
    const isMissing = !command.includes('/') && (code === 'ENOENT' || code === 'EACCES');
    if (!isMissing) {
      const words =
        code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : undefined;
      const problem = words === undefined ? error.message : `fork/exec ${command}: ${words}`;
      return new Error(`exec: ${problem}`, { cause: error });
    }
    const hint = this.#hasHinted ? '' : `${HELP}${installHint === '' ? '' : `\n\n${installHint}`}`;
    this.#hasHinted = true;
    return new Error(`exec: executable ${command} not found${hint}`, { cause: error });
  }
}

const HELP = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;
