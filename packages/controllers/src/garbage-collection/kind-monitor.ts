/**
 * Follows the metadata of one kind for the garbage collector. It keeps nothing itself: of all the objects of a cluster,
 * what matters is in the graph, and an informer's store beside it would hold them a second time.
 */
import type { Client, Random } from '@kindred/client';
import { Reflector } from '@kindred/client';
import type { Clock, KindRef, KubeObject, Observed } from '@kindred/machinery';

export interface MonitorHandler {
  /** The object as it is now. `isListed` when it came with the whole collection, and may be known like this already. */
  seen(kind: KindRef<KubeObject>, object: Observed<KubeObject>, context: { readonly isListed: boolean }): void;
  gone(kind: KindRef<KubeObject>, uid: string): void;
  /** Uids of the objects of this kind that were seen and are not gone. */
  known(kind: KindRef<KubeObject>): readonly string[];
  failed(error: unknown, kind: KindRef<KubeObject>): void;
}

export interface KindMonitorOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly handler: MonitorHandler;
}

const inactivityMilliseconds = 150_000;

export class KindMonitor {
  readonly kind: KindRef<KubeObject>;
  /** Resolves when the first list is in, or has failed. */
  readonly settled: Promise<void>;
  readonly #handler: MonitorHandler;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #isListed = false;
  #settle: () => void = () => undefined;

  /** Starts at once. */
  constructor(kind: KindRef<KubeObject>, { client, clock, random, handler }: KindMonitorOptions) {
    this.kind = kind;
    this.#handler = handler;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const reflector = new Reflector<KubeObject>({
      client,
      kind,
      scope: { projection: 'metadata' },
      sink: {
        replace: (objects) => this.#replace(objects),
        change: (type, object) => this.#change(type, object),
        bookmark: () => undefined,
      },
      clock,
      random,
      onError: (error) => {
        handler.failed(error, kind);
        this.#settle();
      },
      inactivityMilliseconds,
    });
    this.#running = reflector.run(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error(`The monitor of ${this.kind.plural} was closed`));
    await this.#running;
  }

  #change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Observed<KubeObject>): void {
    if (type === 'DELETED') this.#handler.gone(this.kind, object.metadata.uid);
    else this.#handler.seen(this.kind, object, { isListed: false });
  }

  /** What was known and is not listed any more went while nobody watched. */
  #replace(objects: readonly Observed<KubeObject>[]): void {
    const missing = new Set(this.#isListed ? this.#handler.known(this.kind) : []);
    this.#isListed = true;
    for (const object of objects) {
      missing.delete(object.metadata.uid);
      this.#handler.seen(this.kind, object, { isListed: true });
    }
    for (const uid of missing) this.#handler.gone(this.kind, uid);
    this.#settle();
  }
}
