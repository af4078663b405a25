/**
 * The manager: runs controllers over one client and one set of informers.
 *
 * Start: informers, then their first lists, then servers of webhooks, then leadership when asked for, then workers. Stop,
 * within a limit: workers drain, servers close, informers close, events go out, leadership is released last. Nothing is global: a process may hold several managers.
 */

import { setMaxListeners } from 'node:events';
import {
  type Client,
  createClient,
  EventSink,
  InformerFactory,
  type InformerFactoryOptions,
  type Random,
  type Transport,
} from '@kindred/client';
import type { Logger } from '@kindred/machinery';
import { type Clock, formatGroupKind, silentLogger, systemClock } from '@kindred/machinery';
import type { ManagerContext, Runnable, RunningPart } from './runnable.ts';

/** Holds leadership while it runs; `createLeaderElection` makes one over a Lease. */
export interface LeaderElection {
  /** Resolves once this process leads. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Resolves when leadership is lost without having been released. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

export interface ManagerOptions {
  /** Give a client, or a transport to make one over. */
  readonly client?: Client;
  readonly transport?: Transport;
  readonly userAgent?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly leaderElection?: LeaderElection;
  /** Milliseconds that draining may take at stop before reconciles are aborted; 30 s when not given. */
  readonly stopLimit?: number;
  /** Milliseconds for the first lists; 2 minutes when not given. */
  readonly syncLimit?: number;
  readonly informers?: Pick<InformerFactoryOptions, 'freeze' | 'inactivityMilliseconds'>;
  /** The host's name in events. */
  readonly host?: string;
}

export interface Manager extends ManagerContext {
  /** Adds a controller; one that comes after the start is started as well. */
  add(runnable: Runnable): void;
  /** Resolves when all controllers work. Aborting the signal closes the manager. */
  start(signal?: AbortSignal): Promise<void>;
  /** Stops everything; resolves when nothing of it is left. */
  close(): Promise<void>;
  /** Resolves when the manager has closed, by `close`, by its signal, or because leadership was lost. */
  readonly closed: Promise<void>;
  /** True when no controller has anything queued or running. Delayed work doesn't count. */
  isIdle(): boolean;
}

/**
 * @example
 * const manager = createManager({ transport, logger });
 * manager.add(websites);
 * await manager.start(signal);
 */
export function createManager(options: ManagerOptions): Manager {
  return new ControllerManager(options);
}

class ControllerManager implements Manager {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly events;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly closed: Promise<void>;
  readonly #options: ManagerOptions;
  readonly #sink: EventSink;
  readonly #stopping = new AbortController();
  readonly #parts: RunningPart[] = [];
  /** Those of the parts that need no leadership. */
  readonly #servers = new Set<RunningPart>();
  readonly #late = new Set<Promise<void>>();
  #started: Promise<void> | undefined;
  #working = false;
  #closing: Promise<void> | undefined;
  #resolveClosed: () => void = () => undefined;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.logger = options.logger ?? silentLogger;
    this.client = clientOf(options, this.clock);
    this.informers = new InformerFactory({
      client: this.client,
      clock: this.clock,
      random: this.random,
      ...options.informers,
      onError: (error, kind) => this.logger.error('Informer had a failure', error, { kind: formatGroupKind(kind) }),
    });
    this.#sink = new EventSink({
      client: this.client,
      clock: this.clock,
      random: this.random,
      ...(options.host === undefined ? {} : { host: options.host }),
      onError: (error) => this.logger.error('Event could not be written', error),
    });
    this.events = this.#sink.recorder('kindred');
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  add(runnable: Runnable): void {
    const part = runnable.prepare(this);
    this.#parts.push(part);
    if (runnable.needsLeadership === false) this.#servers.add(part);
    if (this.#started === undefined) return;
    const late = this.#startLate(runnable.name, part).finally(() => this.#late.delete(late));
    this.#late.add(late);
  }

  start(signal?: AbortSignal): Promise<void> {
    if (this.#started !== undefined) return this.#started;
    const onAbort = (): void => void this.close();
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    void this.closed.then(() => signal?.removeEventListener('abort', onAbort));
    this.#started = this.#start();
    return this.#started;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  isIdle(): boolean {
    return this.#parts.every((part) => part.isIdle?.() ?? true);
  }

  async #start(): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    this.informers.start();
    await this.#sync();
    for (const part of this.#servers) await part.start();
    await this.#lead();
    // Controllers may have been added meanwhile.
    while (this.informers.all().some((informer) => !informer.hasSynced)) await this.#sync();
    this.#stopping.signal.throwIfAborted();
    const controllers = this.#parts.filter((part) => !this.#servers.has(part));
    // Those that are added from now on are started where they are added.
    this.#working = true;
    for (const part of controllers) await part.start();
  }

  async #sync(): Promise<void> {
    const { syncLimit = 120_000 } = this.#options;
    const limit = new AbortController();
    const cancel = this.clock.after(syncLimit, () => {
      const missing = this.informers.all().filter((informer) => !informer.hasSynced);
      const kinds = missing.map((informer) => formatGroupKind(informer.kind)).join(', ');
      limit.abort(new Error(`The first lists of ${kinds} took over ${syncLimit} ms`));
    });
    try {
      await this.informers.waitForSync(AbortSignal.any([limit.signal, this.#stopping.signal]));
    } finally {
      cancel();
    }
  }

  async #lead(): Promise<void> {
    const { leaderElection } = this.#options;
    if (leaderElection === undefined) return;
    await leaderElection.acquire(this.#stopping.signal);
    this.logger.info('Became leader');
    void leaderElection.lost.then(() => {
      this.logger.error('Leadership was lost', new Error('another process may lead by now'));
      return this.close();
    });
  }

  /** Parts that were there at the start are started with it; this one only when it came after. */
  async #startLate(name: string, part: RunningPart): Promise<void> {
    if (!this.#working) return;
    try {
      await this.#sync();
      if (!this.#stopping.signal.aborted) await part.start();
    } catch (error) {
      if (!this.#stopping.signal.aborted)
        this.logger.error('Controller could not be started', error, { controller: name });
    }
  }

  async #close(): Promise<void> {
    this.#stopping.abort(new Error('The manager was closed'));
    await this.#started?.catch(() => undefined);
    await Promise.all(this.#late);
    const limit = new AbortController();
    // Every controller listens to it.
    setMaxListeners(0, limit.signal);
    const cancel = this.clock.after(this.#options.stopLimit ?? 30_000, () =>
      limit.abort(new Error('The manager stops')),
    );
    const controllers = this.#parts.filter((part) => !this.#servers.has(part));
    await Promise.all(controllers.map((part) => part.stop(limit.signal)));
    // Last, since the controllers' own writes may need their answers.
    await Promise.all([...this.#servers].map((part) => part.stop(limit.signal)));
    cancel();
    await this.informers.close();
    await this.#sink.close();
    await this.#options.leaderElection?.release();
    this.#resolveClosed();
  }
}

function clientOf({ client, transport, userAgent = 'kindred-operator' }: ManagerOptions, clock: Clock): Client {
  if (client !== undefined) return client;
  if (transport === undefined) throw new TypeError('A manager needs a client or a transport');
  return createClient(transport, { userAgent, clock });
}
