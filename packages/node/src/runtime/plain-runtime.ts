/**
 * Containers as plain processes of the agent's user: no root, no namespaces. Each pod has its own loopback address, and
 * its programs learn where things are from environment variables:
 * KINDRED_POD_IP; KINDRED_MOUNTS, a JSON object mountPath → directory; KINDRED_PORT_MAP, a JSON object port → port to use.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@kindred/machinery';
import type { AddressPool } from '../network/address-pool.ts';
import { resolveThroughMounts } from '../programs/path-mapping.ts';
import { childContainer, watchChild } from './child-container.ts';
import { execProcess } from './exec-process.ts';
import { makeOutputPipes } from './output-pipes.ts';
import { mappedPort, portMap } from './plain-ports.ts';
import { processesWithEnvironment } from './process-table.ts';
import {
  type ContainerSpec,
  type ExecOptions,
  type RunningContainer,
  type Runtime,
  type Sandbox,
  type SandboxSpec,
  StartError,
} from './runtime.ts';
import { sendSignal } from './send-signal.ts';
import type { StateFile } from './state-file.ts';

export interface PlainRuntimeOptions {
  readonly clock: Clock;
  readonly addresses: AddressPool;
  readonly state: StateFile;
  /** Marks every process of this agent: the same for all agents that use the data directory after one another. */
  readonly nodeMark: string;
  /** First port that this user may listen on. */
  readonly firstFreePort: number;
  /** The agent's own user id; 0 may change to others. */
  readonly userId: number;
  readonly limitations: readonly string[];
}

export class PlainRuntime implements Runtime {
  readonly level = 'plain';
  readonly #options: PlainRuntimeOptions;
  readonly #containers = new Map<string, Set<RunningContainer>>();

  constructor(options: PlainRuntimeOptions) {
    this.#options = options;
  }

  limitations(): readonly string[] {
    return this.#options.limitations;
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const { addresses } = this.#options;
    const containers = new Set<RunningContainer>();
    this.#containers.set(spec.uid, containers);
    const ip = spec.hostNetwork ? '127.0.0.1' : addresses.take(spec.uid);
    return {
      uid: spec.uid,
      ip,
      ended: new Promise(() => {}),
      remove: async () => {
        for (const container of containers) container.kill();
        await Promise.all([...containers].map((container) => container.exited));
        this.#containers.delete(spec.uid);
        addresses.release(spec.uid);
      },
    };
  }

  async startContainer(sandbox: Sandbox, spec: ContainerSpec): Promise<RunningContainer> {
    const [file = '', ...args] = spec.argv;
    const mark = `KINDRED_CONTAINER=${spec.id}`;
    const env = this.#environment(sandbox, spec);
    const where = { cwd: this.#workingDirectory(spec), ...this.#user(spec) };
    const output = await makeOutputPipes(spec.directory);
    const child = output.giveTo((stdout, stderr) =>
      spawn(file, args, { detached: true, stdio: ['ignore', stdout, stderr], env, ...where }),
    );
    const sweepUp = () => {
      if (child.pid !== undefined) sweep(child.pid, mark);
    };
    const exited = watchChild({ child, output, spec, clock: this.#options.clock, sweep: sweepUp });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new StartError(startMessage(file, error))));
    });
    const { pid } = child;
    if (pid === undefined) throw new StartError(`exec: "${file}": no process was made`);
    this.#options.state.add(pid);
    const container = childContainer({
      spec,
      pid,
      startedAt: this.#options.clock.now(),
      exited,
      clock: this.#options.clock,
      kill: sweepUp,
      exec: (argv, options) => this.#exec(argv, options, env, where),
    });
    void exited.then(() => this.#options.state.remove(pid));
    const containers = this.#containers.get(sandbox.uid);
    if (containers === undefined) {
      // The pod was removed while its process came to be: nobody else would end it.
      container.kill();
      await exited;
      throw new StartError('the sandbox of the pod is gone');
    }
    containers.add(container);
    void exited.then(() => containers.delete(container));
    return container;
  }

  hostPort(_ip: string, port: number): number {
    return mappedPort(port, this.#options.firstFreePort);
  }

  async cleanUp(): Promise<number> {
    let killed = this.#options.state.killLeftovers();
    for (const { pid } of processesWithEnvironment(`KINDRED_NODE=${this.#options.nodeMark}`)) {
      if (sendSignal(pid, 'SIGKILL')) killed++;
    }
    return killed;
  }

  async close(): Promise<void> {
    for (const containers of this.#containers.values()) {
      for (const container of containers) container.kill();
    }
  }

  #environment(sandbox: Sandbox, spec: ContainerSpec): Record<string, string> {
    const mounts = Object.fromEntries(spec.mounts.map((mount) => [mount.mountPath, mount.hostPath]));
    return {
      ...spec.env,
      KINDRED_POD_IP: sandbox.ip,
      KINDRED_MOUNTS: JSON.stringify(mounts),
      KINDRED_PORT_MAP: JSON.stringify(portMap(spec.ports, this.#options.firstFreePort)),
      KINDRED_CONTAINER: spec.id,
      KINDRED_NODE: this.#options.nodeMark,
    };
  }

  #workingDirectory(spec: ContainerSpec): string {
    const wanted = resolveThroughMounts(spec.workingDir, spec.mounts);
    if (spec.workingDir !== '' && existsSync(wanted)) return wanted;
    const own = join(spec.directory, 'work');
    mkdirSync(own, { recursive: true });
    return own;
  }

  #user(spec: ContainerSpec): { uid?: number; gid?: number } {
    if (!spec.user || this.#options.userId !== 0) return {};
    return { uid: spec.user.uid, gid: spec.user.gid };
  }

  #exec(
    argv: readonly string[],
    { timeoutMs }: ExecOptions,
    env: Readonly<Record<string, string>>,
    where: { cwd: string; uid?: number; gid?: number },
  ) {
    const [file = '', ...args] = argv;
    return execProcess({ file, args, env, timeoutMs, ...where });
  }
}

/** Ends the process group, and processes that left it but still carry the container's mark. */
function sweep(pid: number, mark: string): void {
  sendSignal(-pid, 'SIGKILL');
  for (const process of processesWithEnvironment(mark)) sendSignal(process.pid, 'SIGKILL');
}

function startMessage(file: string, error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  // A directory of PATH that may not be read makes "not found" look like "not permitted".
  const missing = code === 'ENOENT' || (code === 'EACCES' && !file.includes('/'));
  return missing ? `exec: "${file}": executable file not found in $PATH` : `exec: "${file}": ${error.message}`;
}
