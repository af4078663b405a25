/**
 * Makes one pod what its spec says: volumes, sandbox, containers in their order, restarts, status, and its end.
 *
 * Level-triggered: every change (of the object, of a process, of the time) leads to the same `sync`, which looks at
 * everything and does what is missing. One sync at a time; changes meanwhile cause one more. What to do is decided by
 * the pure functions beside this file; this file carries it out.
 */

import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Container, Pod, PodStatus } from '@kindred/apis/core/v1';
import { errorText } from '@kindred/machinery';
import type { PodEvent } from '../cluster/cluster.ts';
import type { LogSource } from '../logs/read-log.ts';
import type { Mount, Sandbox } from '../runtime/runtime.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import { VolumeError } from '../volumes/volume-files.ts';
import { type NodeContext, podKey } from './node-context.ts';
import { PodContainers } from './pod-containers.ts';
import { decidePod, type PodDecision } from './pod-decision.ts';
import { podDirectory, podHostname, podLogDirectory, writeEtcFiles } from './pod-directory.ts';
import { deadlineOf, endingStatus, isFinished } from './pod-ending.ts';
import { podStatus } from './pod-status.ts';

/** Content of volumes, tokens included, is looked at this often. */
const volumePeriodMs = 30_000;
const retryMs = 2_000;

export class PodWorker {
  readonly uid: string;
  readonly #context: NodeContext;
  readonly #directory: string;
  readonly #volumes: PodVolumes;
  readonly #containers: PodContainers;
  readonly #startTime: number;
  readonly #done: Promise<void>;
  #finish = () => {};
  #pod: Pod;
  #sandbox: Sandbox | undefined;
  #etcMounts: readonly Mount[] = [];
  #volumesAt = Number.NEGATIVE_INFINITY;
  #mountFailure = '';
  #failure: { reason: string; message: string } | undefined;
  /** No container will run again. */
  #over = false;
  #removed = false;
  #closed = false;
  #endingSince: number | undefined;
  #written: PodStatus | undefined;
  #syncing = false;
  #again = false;
  #cancelWake = () => {};

  constructor(context: NodeContext, pod: Pod) {
    this.#context = context;
    this.#pod = pod;
    this.uid = pod.metadata.uid ?? '';
    this.#directory = podDirectory(context.dataDir, this.uid);
    this.#volumes = new PodVolumes(this.#directory);
    this.#startTime = Date.parse(pod.status?.startTime ?? '') || context.clock.now();
    this.#done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#containers = new PodContainers(context, pod, {
      directory: this.#directory,
      changed: () => this.#wake(),
      event: (event) => context.cluster.recordEvent(this.#pod, event),
    });
    this.#wake();
  }

  /** Resolves when nothing of the pod is left on this node. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** The pod as the API server shows it now. */
  get pod(): Pod {
    return this.#pod;
  }

  update(pod: Pod): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    // Labels and annotations may be files of a volume.
    const same = sameMap(before.labels, pod.metadata.labels) && sameMap(before.annotations, pod.metadata.annotations);
    if (!same) this.#volumesAt = Number.NEGATIVE_INFINITY;
    this.#wake();
  }

  /** The object is gone: ends everything at once. */
  remove(): void {
    this.#removed = true;
    this.#wake();
  }

  /** The agent ends: stops the processes, leaves the object alone. */
  async close(graceSeconds: number): Promise<void> {
    this.#closed = true;
    this.#cancelWake();
    await this.#containers.stopAll(() => graceSeconds);
    await this.#containers.allEnded();
    await this.#sandbox?.remove();
    this.#finish();
  }

  /** Where a container's log is; a text when there is none, as `kubectl logs` shows it. */
  logSource(container: string, previous: boolean): LogSource | string {
    return this.#containers.logSource(container, previous);
  }

  /** Process ids of the running containers by name. */
  processes(): ReadonlyMap<string, number> {
    return this.#containers.processes();
  }

  #wake(): void {
    this.#again = true;
    if (this.#syncing || this.#closed) return;
    this.#syncing = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#cancelWake();
      try {
        const wakeAt = await this.#sync();
        if (wakeAt !== undefined) this.#wakeAt(wakeAt);
      } catch (error) {
        this.#context.log.error('Pod could not be synced', error, { pod: podKey(this.#pod) });
        this.#wakeAt(this.#context.clock.now() + retryMs);
      }
    }
    this.#syncing = false;
  }

  #wakeAt(time: number): void {
    this.#cancelWake();
    this.#cancelWake = this.#context.clock.after(Math.max(0, time - this.#context.clock.now()), () => this.#wake());
  }

  /** Gives the time at which to look again though nothing changed. */
  async #sync(): Promise<number | undefined> {
    const { clock } = this.#context;
    if (this.#removed) return this.#end(0);
    if (this.#pod.metadata.deletionTimestamp !== undefined) return this.#end(this.#graceSeconds());
    if ((this.#over || isFinished(this.#pod)) && this.#sandbox === undefined) return undefined;
    const deadline = deadlineOf(this.#pod, this.#startTime);
    if (deadline !== undefined && clock.now() >= deadline) return this.#failDeadline();
    if (!(await this.#prepare())) return clock.now() + retryMs;
    const decision = this.#decide();
    await this.#carryOut(decision);
    await this.#writeStatus(this.#decide());
    // Sidecars end last, and their end is a change that leads back here.
    if (decision.finished) return this.#containers.anyRunning ? deadline : this.#release();
    const times = [decision.wakeAt, deadline, this.#volumesAt + volumePeriodMs];
    return Math.min(...times.filter((time) => time !== undefined));
  }

  #decide(): PodDecision {
    return decidePod(this.#pod.spec ?? { containers: [] }, this.#containers.records, this.#context.clock.now());
  }

  async #carryOut(decision: PodDecision): Promise<void> {
    for (const name of decision.stop) void this.#containers.stop(name, this.#graceSeconds());
    const sandbox = this.#sandbox;
    if (!sandbox || decision.start.length === 0) return;
    const place = { pod: this.#pod, sandbox, volumes: this.#volumes, etcMounts: this.#etcMounts };
    await Promise.all(decision.start.map((name) => this.#containers.start(this.#container(name), place)));
    // A start can make the next one possible, or have failed: look again.
    this.#again = true;
  }

  /** False when the pod has to wait for something its volumes need, or for its sandbox. */
  async #prepare(): Promise<boolean> {
    const [sandbox, volumes] = await Promise.allSettled([this.#makeSandbox(), this.#refreshVolumes()]);
    for (const outcome of [sandbox, volumes]) {
      if (outcome.status === 'rejected') return this.#cannotPrepare(outcome.reason);
    }
    this.#mountFailure = '';
    return true;
  }

  async #makeSandbox(): Promise<void> {
    if (this.#sandbox !== undefined) return;
    const { runtime, resolvConf } = this.#context;
    const { namespace = '', name = '' } = this.#pod.metadata;
    const hostNetwork = this.#pod.spec?.hostNetwork ?? false;
    const [hostname, directory] = [podHostname(this.#pod), this.#directory];
    const spec = { uid: this.uid, namespace, name, hostname, hostNetwork, directory };
    const sandbox = await runtime.createSandbox(spec);
    this.#sandbox = sandbox;
    void sandbox.ended.then(() => this.#sandboxEnded(sandbox));
    this.#etcMounts = writeEtcFiles(directory, this.#pod, sandbox.ip, resolvConf(this.#pod));
  }

  async #refreshVolumes(): Promise<void> {
    const { clock } = this.#context;
    if (clock.now() < this.#volumesAt + volumePeriodMs) return;
    await this.#volumes.refresh(this.#volumeContext());
    this.#volumesAt = clock.now();
  }

  async #cannotPrepare(error: unknown): Promise<boolean> {
    const mount = error instanceof VolumeError;
    const reason = mount ? 'FailedMount' : 'FailedCreatePodSandBox';
    const text = errorText(error);
    const message = mount ? text : `Failed to create pod sandbox: ${text}`;
    if (this.#mountFailure !== message) this.#event({ type: 'Warning', reason, message });
    this.#mountFailure = message;
    await this.#writeStatus(this.#decide());
    // Containers that run already keep what they have.
    return this.#containers.anyRunning;
  }

  #volumeContext() {
    const { cluster, tokens, figures } = this.#context;
    return { pod: this.#pod, cluster, tokens, podIPs: this.#sandbox ? [this.#sandbox.ip] : [], node: figures };
  }

  #container(name: string): Container {
    const { initContainers = [], containers = [] } = this.#pod.spec ?? {};
    const found = [...initContainers, ...containers].find((container) => container.name === name);
    if (!found) throw new Error(`pod ${podKey(this.#pod)} has no container ${name}`);
    return found;
  }

  #graceSeconds(): number {
    const { metadata, spec } = this.#pod;
    return metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
  }

  /** The sandbox's processes were ended by somebody else: everything starts anew. */
  #sandboxEnded(sandbox: Sandbox): void {
    if (this.#removed || this.#closed || this.#endingSince !== undefined || this.#sandbox !== sandbox) return;
    this.#sandbox = undefined;
    this.#event({
      type: 'Normal',
      reason: 'SandboxChanged',
      message: 'Pod sandbox changed, it will be killed and re-created.',
    });
    void sandbox.remove().then(() => this.#wake());
  }

  async #failDeadline(): Promise<undefined> {
    if (this.#failure === undefined) {
      const message = 'Pod was active on the node longer than the specified deadline';
      this.#failure = { reason: 'DeadlineExceeded', message };
      this.#event({ type: 'Normal', ...this.#failure });
    }
    await this.#containers.stopAll(() => this.#graceSeconds());
    await this.#containers.allEnded();
    await this.#writeStatus(this.#decide());
    return this.#release();
  }

  /** A pod that has ended keeps its object and its logs, and nothing else. */
  async #release(): Promise<undefined> {
    this.#over = true;
    await this.#containers.allEnded();
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    await sandbox?.remove();
    return undefined;
  }

  /** Deletion: stop with grace, then the final status, then the object goes. */
  async #end(graceSeconds: number): Promise<number | undefined> {
    const { clock, cluster, tokens, dataDir } = this.#context;
    this.#endingSince ??= clock.now();
    const spent = (clock.now() - this.#endingSince) / 1000;
    void this.#containers.stopAll(() => Math.max(0, graceSeconds - spent));
    if (this.#containers.anyRunning) {
      if (!this.#removed) await this.#writeStatus(this.#decide());
      return undefined;
    }
    if (!this.#removed) await this.#writeStatus(this.#decide());
    await this.#release();
    await this.#volumes.remove();
    await rm(this.#directory, { recursive: true, force: true });
    if (!this.#removed) await cluster.finishDeletion(this.#pod);
    await rm(podLogDirectory(dataDir, this.#pod), { recursive: true, force: true });
    tokens.forget(this.uid);
    this.#closed = true;
    this.#finish();
    return undefined;
  }

  async #writeStatus(decision: PodDecision): Promise<void> {
    const status = this.#status(decision);
    if (isDeepStrictEqual(status, this.#written)) return;
    await this.#context.cluster.writePodStatus(this.#pod, status, this.#written);
    this.#written = status;
  }

  #status(decision: PodDecision): PodStatus {
    const ending = this.#endingSince !== undefined;
    if (ending && isFinished(this.#pod) && this.#containers.records.size === 0) return this.#pod.status ?? {};
    return podStatus({
      pod: this.#pod,
      records: this.#containers.records,
      decision: ending ? endingStatus(this.#pod, this.#containers.records, decision) : decision,
      hasSandbox: this.#sandbox !== undefined,
      podIP: this.#sandbox?.ip ?? this.#pod.status?.podIP ?? '',
      hostIP: this.#context.figures.hostIP,
      startTime: this.#startTime,
      ...(this.#written && { written: this.#written }),
      now: this.#context.clock.now(),
      ending: ending || this.#failure !== undefined,
      ...(this.#failure && { failure: this.#failure }),
    });
  }

  #event(event: PodEvent): void {
    this.#context.cluster.recordEvent(this.#pod, event);
  }
}

function sameMap(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
