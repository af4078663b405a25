/**
 * One run of a container, from start to exit: its process, its log, its probes, its hooks, and how it is stopped.
 * A restart makes a new instance.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Container, LifecycleHandler } from '@kindred/apis/core/v1';
import type { Clock } from '@kindred/machinery';
import type { ContainerLog } from '../logs/container-log.ts';
import { logTail } from '../logs/read-log.ts';
import { ContainerProbes, type ProbeReactions } from '../probes/container-probes.ts';
import { type ProbeTarget, tryProbe } from '../probes/probe-action.ts';
import type { RunningContainer } from '../runtime/runtime.ts';
import type { Termination } from './container-record.ts';

export interface InstanceParts {
  readonly container: Container;
  readonly running: RunningContainer;
  readonly log: ContainerLog;
  readonly terminationMessage: string;
  readonly target: Omit<ProbeTarget, 'container' | 'ports'>;
  readonly clock: Clock;
  readonly reactions: ProbeReactions;
}

const longestMessage = 4096;
const longestHookMs = 600_000;

export class ContainerInstance {
  readonly id: string;
  readonly startedAt: number;
  readonly log: ContainerLog;
  /** Settles after the process has ended and its log and message have been read. */
  readonly ended: Promise<Termination>;
  readonly #parts: InstanceParts;
  readonly #probes: ContainerProbes;
  readonly #target: ProbeTarget;
  #killAt = Number.POSITIVE_INFINITY;
  #cancelKill = () => {};

  constructor(parts: InstanceParts) {
    const { container, running } = parts;
    this.#parts = parts;
    this.id = running.id;
    this.startedAt = running.startedAt;
    this.log = parts.log;
    this.#target = { ...parts.target, container: running, ports: container.ports ?? [] };
    this.#probes = new ContainerProbes(container, this.#target, parts.clock, parts.reactions);
    this.#probes.start();
    this.ended = this.#waitForEnd();
  }

  get pid(): number {
    return this.#parts.running.pid;
  }

  get started(): boolean {
    return this.#probes.started;
  }

  get ready(): boolean {
    return this.#probes.ready && this.#killAt === Number.POSITIVE_INFINITY;
  }

  get stopping(): boolean {
    return this.#killAt !== Number.POSITIVE_INFINITY;
  }

  /** The postStart hook. Gives the reason when it failed. */
  async postStart(): Promise<string | undefined> {
    const hook = this.#parts.container.lifecycle?.postStart;
    return hook && this.#runHook(hook, longestHookMs);
  }

  /**
   * preStop hook, SIGTERM, and SIGKILL when the grace is over. A later call can only shorten it.
   * Gives the reason when the hook failed.
   */
  async stop(graceSeconds: number): Promise<string | undefined> {
    const { clock, running, container } = this.#parts;
    const first = !this.stopping;
    const killAt = clock.now() + graceSeconds * 1000;
    if (killAt < this.#killAt) {
      this.#killAt = killAt;
      this.#cancelKill();
      this.#cancelKill = clock.after(graceSeconds * 1000, () => running.kill());
    }
    if (graceSeconds <= 0) running.kill();
    if (!first) return undefined;
    this.#probes.close();
    const hook = container.lifecycle?.preStop;
    const failed = hook && graceSeconds > 0 ? await this.#runHook(hook, graceSeconds * 1000) : undefined;
    running.signal('SIGTERM');
    return failed;
  }

  async #runHook(hook: LifecycleHandler, timeoutMs: number): Promise<string | undefined> {
    const { seconds } = hook.sleep ?? {};
    if (seconds !== undefined) {
      const { clock, running } = this.#parts;
      const slept = new Promise<void>((resolve) => clock.after(Math.min(seconds * 1000, timeoutMs), resolve));
      await Promise.race([slept, running.exited]);
      return undefined;
    }
    const result = await tryProbe(hook, this.#target, timeoutMs);
    return result.success ? undefined : result.message || 'the command failed';
  }

  async #waitForEnd(): Promise<Termination> {
    const { running, log, container, terminationMessage } = this.#parts;
    const status = await running.exited;
    this.#cancelKill();
    this.#probes.close();
    log.end();
    const written = await readMessage(terminationMessage);
    const fromLog = container.terminationMessagePolicy === 'FallbackToLogsOnError' && status.exitCode !== 0;
    return {
      id: running.id,
      exitCode: status.exitCode,
      signal: status.signal,
      reason: status.exitCode === 0 ? 'Completed' : 'Error',
      message: written === '' && fromLog ? await logTail(log.path).catch(() => '') : written,
      startedAt: running.startedAt,
      finishedAt: status.finishedAt,
    };
  }
}

/** The beginning of the file, which is the container's to write: it may be gone, huge, or a link to what it may not read. */
async function readMessage(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(longestMessage), 0, longestMessage, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    // A container without a readable message has said nothing; that it has ended must be known all the same.
    return '';
  }
}
