/**
 * Containers in Linux namespaces, made with util-linux and iproute2. A pod's sandbox process holds its network, host
 * name, IPC and PID namespaces and has its address; each container adds a mount namespace and a PID namespace of its own.
 * Its root is the machine's tree under an overlay, so a container writes only into its own directory.
 *
 * Whatever ends the agent also ends the sandboxes (their input ends), and with a sandbox all processes of its pod, its
 * mounts and its interface: nothing has to be undone by name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '@kindred/machinery';
import type { PodNetwork } from '../network/pod-network.ts';
import { hostProgram } from '../platform/host-program.ts';
import { childContainer, watchChild } from './child-container.ts';
import {
  type ContainerInit,
  containerFstab,
  containerInitArguments,
  containerInitEnvironment,
  filesInsideVolumes,
} from './container-init.ts';
import { execProcess } from './exec-process.ts';
import { LineReader } from './line-reader.ts';
import { makeOutputPipes } from './output-pipes.ts';
import {
  type ContainerSpec,
  type RunningContainer,
  type Runtime,
  type Sandbox,
  type SandboxSpec,
  StartError,
} from './runtime.ts';
import { sendSignal } from './send-signal.ts';
import type { StateFile } from './state-file.ts';

export interface NamespaceRuntimeOptions {
  readonly clock: Clock;
  readonly network: PodNetwork;
  readonly state: StateFile;
  /** Directory of container-init.sh and sandbox-init.sh. */
  readonly scripts: string;
  /** Made by `makeSkeleton`: devices and the place of the old root, copied over the machine's tree. */
  readonly skeleton: string;
  /** Where a container's changes go: beside its other files, or memory where the disk can't hold an overlay. */
  readonly upper: 'disk' | 'tmpfs';
  /** Other disks mounted below the root that containers shall see: each gets its own layer. */
  readonly layers: readonly string[];
  /** Directories that containers must not see: keys, other pods' volumes. */
  readonly hiddenPaths: readonly string[];
  readonly limitations: readonly string[];
}

interface SandboxProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly spec: SandboxSpec;
}

export class NamespaceRuntime implements Runtime {
  readonly level = 'namespaces';
  readonly #options: NamespaceRuntimeOptions;
  readonly #sandboxes = new Map<string, SandboxProcess>();
  readonly #programs = { nsenter: hostProgram('nsenter'), unshare: hostProgram('unshare') };

  constructor(options: NamespaceRuntimeOptions) {
    this.#options = options;
  }

  limitations(): readonly string[] {
    return this.#options.limitations;
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const { network, state, scripts } = this.#options;
    const own = spec.hostNetwork ? [] : ['--net', '--uts'];
    const script = ['sh', join(scripts, 'sandbox-init.sh'), spec.hostname, spec.hostNetwork ? 'host' : 'own'];
    const args = [...own, '--ipc', '--pid', '--fork', '--kill-child', '--', ...script];
    const child = spawn('unshare', args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const lines = new LineReader(child.stdout);
    const said = collectText(child.stderr);
    const answer = async (word: string) => {
      const line = await lines.next();
      if (line?.startsWith(word)) return line.slice(word.length).trim();
      throw new StartError(`pod sandbox could not be made: ${said().trim() || 'its first process ended'}`);
    };
    child.stdin.on('error', () => {});
    try {
      const pid = Number(await answer('pid'));
      if (child.pid !== undefined) state.add(child.pid);
      const attached = spec.hostNetwork ? undefined : await network.attach(spec.uid, pid);
      child.stdin.write(attached ? `${attached.address}/${attached.prefix} ${attached.gateway}\n` : '-\n');
      await answer('ready');
      this.#sandboxes.set(spec.uid, { child, pid, spec });
      return {
        uid: spec.uid,
        ip: attached?.address ?? network.hostAddress,
        ended: exited,
        remove: () => this.#remove(spec.uid, child, exited),
      };
    } catch (error) {
      await this.#remove(spec.uid, child, exited);
      throw error;
    }
  }

  async startContainer(sandbox: Sandbox, spec: ContainerSpec): Promise<RunningContainer> {
    const pod = this.#sandboxes.get(sandbox.uid);
    if (!pod) throw new StartError('the sandbox of the pod is gone');
    const { scripts, skeleton, upper, layers, hiddenPaths } = this.#options;
    const directory = join(spec.directory, 'rootfs');
    for (const name of ['root', 'upper0', 'work0', ...layerDirectories(layers)]) {
      mkdirSync(join(directory, name), { recursive: true });
    }
    const init: ContainerInit = {
      spec,
      directory,
      skeleton,
      upper,
      layers,
      hiddenPaths: hiddenPaths.filter(isDirectory),
      isDirectory,
    };
    writeFileSync(join(directory, 'fstab'), containerFstab(init), { mode: 0o600 });
    for (const file of filesInsideVolumes(spec, isDirectory)) closeSync(openSync(file, 'a'));
    const args = [
      ...namespaceArguments(pod),
      this.#programs.unshare,
      '--mount',
      '--pid',
      '--',
      '/bin/sh',
      join(scripts, 'container-parent.sh'),
      join(scripts, 'container-init.sh'),
      ...containerInitArguments(init),
    ];
    const output = await makeOutputPipes(spec.directory);
    const child = output.giveTo((stdout, stderr) =>
      spawn(this.#programs.nsenter, args, {
        detached: true,
        stdio: ['ignore', stdout, stderr, 'pipe'],
        env: containerInitEnvironment(spec.env),
      }),
    );
    const sweep = () => {
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    };
    const exited = watchChild({ child, output, spec, clock: this.#options.clock, sweep });
    const pid = await startedPid(child, output.stderr);
    return childContainer({
      spec,
      pid,
      startedAt: this.#options.clock.now(),
      exited,
      clock: this.#options.clock,
      // With the first process of a PID namespace the kernel ends all the others.
      kill: () => void sendSignal(pid, 'SIGKILL'),
      exec: (argv, { timeoutMs }) =>
        execProcess({ file: this.#programs.nsenter, args: execArguments(pid, spec, argv), env: spec.env, timeoutMs }),
    });
  }

  hostPort(_ip: string, port: number): number {
    return port;
  }

  async cleanUp(): Promise<number> {
    const killed = this.#options.state.killLeftovers();
    await this.#options.network.cleanUp();
    return killed;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sandboxes.values()].map(({ spec, child }) => this.#remove(spec.uid, child)));
  }

  async #remove(uid: string, child: ChildProcess, exited?: Promise<void>): Promise<void> {
    this.#sandboxes.delete(uid);
    child.stdin?.destroy();
    if (child.pid !== undefined) {
      sendSignal(-child.pid, 'SIGKILL');
      this.#options.state.remove(child.pid);
    }
    await exited;
    this.#options.network.detach(uid);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function namespaceArguments(pod: SandboxProcess): string[] {
  const own = pod.spec.hostNetwork ? [] : ['--net', '--uts'];
  return ['--target', String(pod.pid), ...own, '--ipc', '--pid', '--'];
}

function execArguments(pid: number, spec: ContainerSpec, argv: readonly string[]): string[] {
  const target = ['--target', String(pid), '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd'];
  const user = spec.user ? ['--setuid', String(spec.user.uid), '--setgid', String(spec.user.gid)] : [];
  return [...target, ...user, '--', ...argv];
}

function layerDirectories(layers: readonly string[]): string[] {
  return layers.flatMap((_, index) => [`upper${index + 1}`, `work${index + 1}`]);
}

/** Waits for what container-init.sh says on descriptor 3. */
async function startedPid(child: ChildProcess, stderr: Readable): Promise<number> {
  const said = collectText(stderr);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new StartError(error.message)));
  });
  // Descriptor 3 was asked for as a pipe, so it is a readable stream.
  const status = child.stdio[3] as Readable;
  const lines = new LineReader(status);
  const read = async (): Promise<number> => {
    let pid = 0;
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
      if (line.startsWith('pid ')) pid = Number(line.slice(4));
      if (line === 'ok') return pid;
      if (line.startsWith('error ')) throw new StartError(line.slice(6));
    }
    throw new StartError(said().trim() || 'the container ended before its program started');
  };
  try {
    return await Promise.race([read(), failed]);
  } finally {
    status.destroy();
  }
}

function collectText(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < 4096) text += chunk.toString('utf8');
  });
  return () => text;
}
