/** Shares informers: one for each kind and scope, however many ask for it, started and closed together. */
import type { Clock, KindRef, KubeObject } from '@kindred/machinery';
import { systemClock } from '@kindred/machinery';
import type { Client } from '../client/client.ts';
import type { Random } from '../random.ts';
import { type AnyInformer, Informer, type InformerScope } from './informer.ts';

export interface InformerFactoryOptions {
  readonly client: Client;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Told of failed lists and watches, and of exceptions in handlers; the kind names the informer. */
  readonly onError: (error: unknown, kind: KindRef<KubeObject>) => void;
  /** Freezes stored objects, so that writing into one throws. True unless told otherwise; costs a walk over each object. */
  readonly freeze?: boolean;
  /** A watch that is silent for longer is opened anew; 90 s unless told otherwise. */
  readonly inactivityMilliseconds?: number;
}

interface Shared {
  readonly informer: AnyInformer;
  readonly transform: unknown;
}

/**
 * @example
 * const informers = new InformerFactory({ client, onError });
 * const pods = informers.informer(Pod, { namespace: 'default' });
 * pods.addHandler({ added: (pod) => queue.add(keyOf(pod)) });
 * informers.start();
 * await informers.waitForSync(signal);
 */
export class InformerFactory {
  readonly #options: InformerFactoryOptions;
  readonly #informers = new Map<string, Shared>();
  #started = false;

  constructor(options: InformerFactoryOptions) {
    this.#options = options;
  }

  /** The informer of this scope; made when nobody has asked for it before, and started when the factory already is. */
  informer<T extends KubeObject>(kind: KindRef<T>, scope: InformerScope<T> = {}): Informer<T> {
    const key = scopeKey(kind, scope);
    const shared = this.#informers.get(key);
    if (shared !== undefined) {
      if (shared.transform !== scope.transform) {
        throw new TypeError(`The informer of ${kind.plural} is already there with another transform`);
      }
      // Made for the same KindRef and projection, so it holds the same type.
      return shared.informer as Informer<T>;
    }
    const { client, clock = systemClock, random = Math.random, onError, freeze = true } = this.#options;
    const informer = new Informer<T>({
      client,
      kind,
      scope,
      clock,
      random,
      onError: (error) => onError(error, kind),
      freeze,
      inactivityMilliseconds: this.#options.inactivityMilliseconds ?? 90_000,
    });
    this.#informers.set(key, { informer, transform: scope.transform });
    if (this.#started) informer.start();
    return informer;
  }

  /** Every informer there is. */
  all(): AnyInformer[] {
    return [...this.#informers.values()].map(({ informer }) => informer);
  }

  start(): void {
    this.#started = true;
    for (const informer of this.all()) informer.start();
  }

  /** Resolves when every informer that there is now has its first list. */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    // One after the other: all must be in anyway, and the signal gets one listener instead of one for each.
    for (const informer of this.all()) await informer.waitForSync(signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((informer) => informer.close()));
  }
}

function scopeKey<T extends KubeObject>(kind: KindRef<T>, scope: InformerScope<T>): string {
  return JSON.stringify([
    kind.group,
    kind.version,
    kind.plural,
    scope.namespace ?? '',
    scope.labelSelector ?? '',
    scope.fieldSelector ?? '',
    scope.projection ?? '',
  ]);
}
