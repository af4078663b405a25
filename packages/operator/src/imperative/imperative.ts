/**
 * Controllers in the classic form: a function that is given a key and a client, looks, and writes. For loops whose effects
 * are not simply children of an object; `controller` is the form for those.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import type { Client, EventRecorder, IndexFunction, InformerScope, Lister } from '@kindred/client';
import { type Informer, keyOf, parseKey } from '@kindred/client';
import type { KindRef, KubeObject, Logger, Observed } from '@kindred/machinery';
import type { ManagerContext, Runnable, RunningPart } from '../manager/runnable.ts';
import { OwnWrites } from '../own-writes/own-writes.ts';
import { trackingClient } from '../own-writes/tracking-client.ts';
import { initialListPriority, WorkQueue } from '../queue/work-queue.ts';
import { mergeRules, readRules } from '../rbac/rules.ts';
import { ReconcileLoop, type ReconcileOutcome } from '../reconcile/reconcile-loop.ts';
import type { ReconcileResult } from '../reconcile/reconcile-result.ts';
import { isComplete, Sources } from '../watch/sources.ts';
import { controllerUidIndex, ownerOf, type WatchDeclaration, watch } from '../watch/watch.ts';

/** What a reconcile is given. */
export interface ReconcileContext<T extends KubeObject> {
  /** `namespace/name`, or `name` for cluster-scoped kinds. */
  readonly key: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As the informer has it: shared, not to be changed. Undefined when it is deleted. */
  readonly object: Observed<T> | undefined;
  /** Writes made through it are read back before the same key is reconciled again. */
  readonly client: Client;
  /** The informer's view of a kind that the controller watches or owns, or of its own. */
  readonly lister: <K extends KubeObject>(kind: KindRef<K>) => Lister<K>;
  /** Objects of a watched or owned kind whose controller is `object`. */
  readonly owned: <K extends KubeObject>(kind: KindRef<K>) => Observed<K>[];
  readonly events: EventRecorder;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when the controller stops and can wait no longer, or when the reconcile takes too long. */
  readonly signal: AbortSignal;
}

export interface ImperativeOptions<T extends KubeObject> {
  /** Name in logs, events and managed fields; `<kind>-controller` in lower case when not given. */
  readonly name?: string;
  /** Which objects of its own kind the controller cares for. */
  readonly scope?: InformerScope<T>;
  /** Indexes of its own kind. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** Updates of its own kind that it answers false to start no reconcile. `old` is undefined for additions and deletions. */
  readonly predicate?: (object: Observed<T>, old: Observed<T> | undefined) => boolean;
  /** Kinds whose objects have the controller's objects as their controller: `watch(K, { to: ownerOf(Kind) })` for each. */
  readonly owns?: readonly KindRef<KubeObject>[];
  readonly watches?: readonly WatchDeclaration[];
  /** Keys that are reconciled at the same time; 1 when not given. */
  readonly concurrency?: number;
  /** Milliseconds that one reconcile may take; no limit when not given. */
  readonly timeout?: number;
  /** Rights that the reconcile needs beyond reading what it watches: what it writes. */
  readonly rules?: readonly PolicyRule[];
  readonly onOutcome?: (outcome: ReconcileOutcome, milliseconds: number) => void;
  /** True leaves events out that only this controller's own last write to the object caused. */
  readonly ignoreOwnWrites?: boolean;
  reconcile(
    context: ReconcileContext<T>,
  ): Promise<ReconcileResult | undefined | void> | ReconcileResult | undefined | void;
}

/**
 * Declares a controller; a manager runs it.
 *
 * `reconcile` must look at what is (never at what happened), be safe to repeat, and throw when it could not finish: the key
 * then comes back with back-off. Throw a TerminalError when trying again is of no use.
 *
 * @example
 * const labels = imperative(Namespace, {
 *   name: 'namespace-labels',
 *   watches: [watch(ConfigMap, { to: (config) => [config.metadata.namespace ?? ''] })],
 *   async reconcile({ object, client, lister }) {
 *     if (object === undefined || object.metadata.labels?.['team'] !== undefined) return;
 *     const config = lister(ConfigMap).get({ namespace: object.metadata.name, name: 'team' });
 *     if (config === undefined) return;
 *     await client.mergePatch(Namespace, object.metadata, { metadata: { labels: { team: config.data?.['team'] } } });
 *   },
 * });
 * manager.add(labels);
 */
export function imperative<T extends KubeObject>(kind: KindRef<T>, options: ImperativeOptions<T>): Runnable {
  const name = options.name ?? `${kind.kind.toLowerCase()}-controller`;
  const watches = [
    ...(options.owns ?? []).map((owned) => watch(owned, { to: ownerOf(kind) })),
    ...(options.watches ?? []),
  ];
  return {
    name,
    rules: mergeRules([
      ...[kind, ...watches.map((declared) => declared.kind)].flatMap(readRules),
      ...(options.rules ?? []),
    ]),
    prepare: (context) => prepare(name, kind, { ...options, watches }, context),
  };
}

function prepare<T extends KubeObject>(
  name: string,
  kind: KindRef<T>,
  options: ImperativeOptions<T> & { readonly watches: readonly WatchDeclaration[] },
  context: ManagerContext,
): RunningPart {
  const logger = context.logger.with({ controller: name });
  const queue = new WorkQueue({ clock: context.clock });
  const sources = new Sources();
  const ownWrites = new OwnWrites({
    clock: context.clock,
    informerOf: (write) => sources.completeInformer(write),
    onTimeout: (key) => logger.info('Own writes were not seen in time', { key }),
  });
  const primary = context.informers.informer(kind, options.scope);
  connectPrimary(primary, options, queue, (object) => {
    const { resourceVersion } = object.metadata;
    return options.ignoreOwnWrites === true && ownWrites.isOwn(keyOf(object), kind, resourceVersion);
  });
  sources.add(kind, primary, { complete: isComplete(options.scope ?? {}) });
  const enqueue = (key: string, add: { priority: number }): void => queue.add(key, add);
  for (const declared of options.watches) {
    const informer = declared.connect(context.informers, enqueue, { primary: primary as AnyPrimary });
    sources.add(declared.kind, informer, declared);
  }
  const client = context.client.as(name);
  const events = context.events.for(name);
  const loop = new ReconcileLoop({
    queue,
    ownWrites,
    concurrency: options.concurrency ?? 1,
    clock: context.clock,
    logger,
    timeoutMilliseconds: options.timeout,
    onOutcome: options.onOutcome,
    async reconcile(key, signal) {
      const object = primary.lister.getByKey(key);
      const result = await options.reconcile({
        key,
        ...parseKey(key),
        object,
        client: trackingClient(client, (write) => ownWrites.record(key, write)),
        lister: (of) => sources.lister(of),
        owned: (of) =>
          object === undefined ? [] : sources.lister(of).byIndex(controllerUidIndex, object.metadata.uid),
        events,
        logger: logger.with({ key }),
        now: () => context.clock.now(),
        signal,
      });
      return result ?? undefined;
    },
  });
  return {
    start: () => loop.start(),
    stop: (signal) => loop.stop(signal),
    isIdle: () => queue.length === 0 && queue.processingLength === 0,
  };
}

type AnyPrimary = Informer<KubeObject>;

function connectPrimary<T extends KubeObject>(
  informer: Informer<T>,
  { predicate = () => true, indexes = {} }: ImperativeOptions<T>,
  queue: WorkQueue,
  isOwnWrite: (object: Observed<T>) => boolean,
): void {
  for (const [index, values] of Object.entries(indexes)) informer.addIndex(index, values);
  informer.addHandler({
    added: (object, { initial }) => {
      if (predicate(object, undefined)) queue.add(keyOf(object), { priority: initial ? initialListPriority : 0 });
    },
    updated: (object, old) => {
      if (predicate(object, old) && !isOwnWrite(object)) queue.add(keyOf(object));
    },
    deleted: (object) => {
      if (predicate(object, undefined)) queue.add(keyOf(object));
    },
  });
}
