/**
 * The containers of one pod: starts them, keeps a record of each, restarts with back-off, stops them, finds their logs.
 * Events are the ones that `kubectl describe pod` shows under a kubelet.
 */

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod } from '@kindred/apis/core/v1';
import { errorText } from '@kindred/machinery';
import type { PodEvent } from '../cluster/cluster.ts';
import type { ResolvedImage } from '../images/image-store.ts';
import { ContainerLog, removeLog } from '../logs/container-log.ts';
import type { LogSource } from '../logs/read-log.ts';
import type { ProbeReactions } from '../probes/container-probes.ts';
import { type Mount, type Sandbox, StartError } from '../runtime/runtime.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import { ConfigError } from './config-error.ts';
import { ContainerInstance } from './container-instance.ts';
import { type ContainerRecord, newRecord, type Termination } from './container-record.ts';
import { type PreparedContainer, prepareContainer } from './container-spec.ts';
import type { NodeContext } from './node-context.ts';
import { logPath } from './pod-directory.ts';
import { recoverRecords } from './recovery.ts';
import { formatDuration, nextBackoff } from './restart-backoff.ts';

export interface PodPlace {
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  readonly volumes: PodVolumes;
  readonly etcMounts: readonly Mount[];
}

export interface ContainersOptions {
  /** The pod's directory. */
  readonly directory: string;
  /** Called after every change of a record. */
  readonly changed: () => void;
  readonly event: (event: PodEvent) => void;
}

const configRetryMs = 5_000;

export class PodContainers {
  readonly #context: NodeContext;
  readonly #options: ContainersOptions;
  readonly #pod: Pod;
  readonly #records: Map<string, ContainerRecord>;
  readonly #instances = new Map<string, ContainerInstance>();

  constructor(context: NodeContext, pod: Pod, options: ContainersOptions) {
    this.#context = context;
    this.#pod = pod;
    this.#options = options;
    this.#records = recoverRecords(pod, context.clock.now());
  }

  get records(): ReadonlyMap<string, ContainerRecord> {
    return this.#records;
  }

  get anyRunning(): boolean {
    return this.#instances.size > 0;
  }

  processes(): ReadonlyMap<string, number> {
    return new Map([...this.#instances].map(([name, instance]) => [name, instance.pid]));
  }

  /** Starts a container, or records why it can't be. Does not fail. */
  async start(container: Container, place: PodPlace): Promise<void> {
    const image = this.#pull(container);
    if (!image) return;
    const before = this.#records.get(container.name) ?? newRecord(container.name, container.image ?? '');
    const ranBefore = before.phase.kind === 'terminated' || before.last !== undefined;
    const record: ContainerRecord = {
      ...before,
      restartCount: before.restartCount + (ranBefore ? 1 : 0),
      ...(before.phase.kind === 'terminated' && { last: before.phase }),
      image: image.name,
      imageId: image.imageId,
    };
    const directory = join(this.#options.directory, 'containers', container.name);
    await rm(directory, { recursive: true, force: true });
    try {
      const { etcMounts, volumes, pod, sandbox } = place;
      const prepared = await prepareContainer(this.#context, {
        pod,
        container,
        image,
        podIP: sandbox.ip,
        volumes,
        etcMounts,
        directory,
      });
      this.#event(container, 'Normal', 'Created', `Created container: ${container.name}`);
      await this.#launch(container, record, prepared, sandbox);
    } catch (error) {
      this.#startFailed(container, before, record, error);
    }
    this.#options.changed();
  }

  /** Stops one container; does nothing when it isn't running. */
  async stop(name: string, graceSeconds: number, why = `Stopping container ${name}`): Promise<void> {
    const instance = this.#instances.get(name);
    if (!instance) return;
    if (!instance.stopping) this.#options.event(killing(name, why));
    const failed = await instance.stop(graceSeconds);
    if (failed !== undefined) this.#options.event(hookFailed(name, 'FailedPreStopHook', 'PreStop', failed));
  }

  async stopAll(graceSeconds: (name: string) => number): Promise<void> {
    await Promise.all([...this.#instances.keys()].map((name) => this.stop(name, graceSeconds(name))));
  }

  async allEnded(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((instance) => instance.ended));
  }

  logSource(name: string, previous: boolean): LogSource | string {
    const record = this.#records.get(name);
    const pod = this.#pod.metadata.name;
    const count = record?.restartCount ?? 0;
    const path = logPath(this.#context.dataDir, this.#pod, name, previous ? count - 1 : count);
    if (previous) {
      return existsSync(path) ? { path } : `previous terminated container "${name}" in pod "${pod}" not found`;
    }
    const instance = this.#instances.get(name);
    if (instance) return { path, live: instance.log };
    if (existsSync(path)) return { path };
    const reason = record?.phase.kind === 'waiting' ? record.phase.reason : 'ContainerCreating';
    return `container "${name}" in pod "${pod}" is waiting to start: ${reason}`;
  }

  /** Images need no pulling; one that isn't there is reported as a failing pull, with back-off. */
  #pull(container: Container): ResolvedImage | undefined {
    const reference = container.image ?? '';
    const image = this.#context.images.find(reference);
    if (image) {
      this.#event(container, 'Normal', 'Pulled', `Container image "${reference}" already present on machine`);
      return image;
    }
    const before = this.#records.get(container.name) ?? newRecord(container.name, reference);
    const message = this.#context.images.missingMessage(reference);
    const backingOff = before.phase.kind === 'waiting' && before.phase.reason === 'ErrImagePull';
    if (backingOff) {
      const text = `Back-off pulling image "${reference}": ErrImagePull: ${message}`;
      this.#event(container, 'Normal', 'BackOff', `Back-off pulling image "${reference}"`);
      this.#event(container, 'Warning', 'Failed', 'Error: ImagePullBackOff');
      this.#wait(before, 'ImagePullBackOff', text);
    } else {
      this.#event(container, 'Normal', 'Pulling', `Pulling image "${reference}"`);
      this.#event(container, 'Warning', 'Failed', `Failed to pull image "${reference}": ${message}`);
      this.#event(container, 'Warning', 'Failed', 'Error: ErrImagePull');
      this.#wait(before, 'ErrImagePull', message);
    }
    this.#options.changed();
    return undefined;
  }

  #wait(record: ContainerRecord, reason: string, message: string): void {
    const now = this.#context.clock.now();
    const { waitMs, backoff } = nextBackoff(record.backoff, now);
    const retryAt = now + Math.max(waitMs, configRetryMs);
    this.#set({ ...record, phase: { kind: 'waiting', reason, message }, backoff, retryAt });
  }

  async #launch(container: Container, record: ContainerRecord, prepared: PreparedContainer, sandbox: Sandbox) {
    const { runtime, clock, dataDir } = this.#context;
    const { name } = container;
    const log = new ContainerLog(logPath(dataDir, this.#pod, name, record.restartCount), clock, {
      onFailure: (error) =>
        this.#event(container, 'Warning', 'LogWriteFailed', `Output is being lost: ${errorText(error)}`),
    });
    if (record.restartCount > 1) removeLog(logPath(dataDir, this.#pod, name, record.restartCount - 2));
    const running = await runtime
      .startContainer(sandbox, { ...prepared.spec, onOutput: (stream, chunk) => log.write(stream, chunk) })
      .catch((error: unknown) => {
        log.end();
        throw error;
      });
    const target = { podIP: sandbox.ip, hostPort: (ip: string, port: number) => runtime.hostPort(ip, port) };
    const reactions = this.#reactions(container, running.id);
    const instance = new ContainerInstance({
      container,
      running,
      log,
      terminationMessage: prepared.terminationMessage,
      target,
      clock,
      reactions,
    });
    this.#instances.set(name, instance);
    const { id, startedAt, started, ready } = instance;
    this.#set({ ...record, everStarted: true, phase: { kind: 'running', id, startedAt, started, ready } });
    this.#event(container, 'Normal', 'Started', `Started container ${container.name}`);
    void instance.ended.then((termination) => this.#ended(container, termination));
    void instance.postStart().then((failed) => this.#postStarted(name, failed));
  }

  #postStarted(name: string, failed: string | undefined): void {
    if (failed === undefined) return;
    this.#options.event(hookFailed(name, 'FailedPostStartHook', 'PostStart', failed));
    void this.stop(name, 0, `Container ${name} failed its postStart hook`);
  }

  #reactions(container: Container, id: string): ProbeReactions {
    const { name } = container;
    return {
      changed: ({ started, ready }) => {
        const record = this.#records.get(name);
        if (record?.phase.kind !== 'running' || record.phase.id !== id) return;
        this.#set({ ...record, phase: { ...record.phase, started, ready } });
        this.#options.changed();
      },
      unhealthy: (kind, message) => this.#event(container, 'Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
      failed: (kind, graceSeconds) => {
        const grace = graceSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30;
        void this.stop(name, grace, `Container ${name} failed ${kind.toLowerCase()} probe, will be restarted`);
      },
    };
  }

  #ended(container: Container, termination: Termination): void {
    this.#instances.delete(container.name);
    const record = this.#records.get(container.name);
    if (record) this.#set(this.#afterEnd(container, record, termination));
    this.#options.changed();
  }

  /** Works out when a restart may come; whether there is one is decided elsewhere. */
  #afterEnd(container: Container, record: ContainerRecord, termination: Termination): ContainerRecord {
    const now = this.#context.clock.now();
    const { name, namespace, uid } = this.#pod.metadata;
    const pod = `${name}_${namespace}(${uid})`;
    const { waitMs, backoff } = nextBackoff(record.backoff, now);
    if (waitMs > 0) {
      this.#event(
        container,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${container.name} in pod ${pod}`,
      );
    }
    const waitingMessage = `back-off ${formatDuration(waitMs)} restarting failed container=${container.name} pod=${pod}`;
    return { ...record, phase: { kind: 'terminated', ...termination }, backoff, retryAt: now + waitMs, waitingMessage };
  }

  #startFailed(container: Container, before: ContainerRecord, record: ContainerRecord, error: unknown): void {
    const message = errorText(error);
    if (error instanceof StartError) {
      const now = this.#context.clock.now();
      const failed = { id: '', exitCode: 128, signal: 0, reason: 'StartError', startedAt: now, finishedAt: now };
      this.#event(container, 'Warning', 'Failed', `Error: ${message}`);
      this.#set(this.#afterEnd(container, record, { ...failed, message }));
      return;
    }
    const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError';
    const same = before.phase.kind === 'waiting' && before.phase.message === message;
    if (!same) this.#event(container, 'Warning', 'Failed', `Error: ${message}`);
    const phase = { kind: 'waiting', reason, message } as const;
    const { last } = record;
    this.#set({ ...before, phase, ...(last && { last }), retryAt: this.#context.clock.now() + configRetryMs });
  }

  #set(record: ContainerRecord): void {
    this.#records.set(record.name, record);
  }

  #event(container: Container, type: PodEvent['type'], reason: string, message: string): void {
    const init = this.#pod.spec?.initContainers?.some(({ name }) => name === container.name);
    const fieldPath = `spec.${init ? 'initContainers' : 'containers'}{${container.name}}`;
    this.#options.event({ type, reason, message, fieldPath });
  }
}

function killing(name: string, message: string): PodEvent {
  return { type: 'Normal', reason: 'Killing', message, fieldPath: `spec.containers{${name}}` };
}

function hookFailed(name: string, reason: string, hook: string, why: string): PodEvent {
  return { type: 'Warning', reason, message: `${hook}Hook failed: ${why}`, fieldPath: `spec.containers{${name}}` };
}
