/**
 * The declarative controller: a function from what is to what should be. The runtime does the rest: it watches, calls the
 * function, applies children, deletes those no longer wanted, keeps status, conditions, events and the finalizer, and writes
 * nothing when all is as it should be.
 */
import { keyOf } from '@kindred/client';
import { isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';
import type { AppliedForms } from '../apply/apply-if-changed.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from '../finalizers/finalizers.ts';
import { imperative, type ReconcileContext } from '../imperative/imperative.ts';
import type { Runnable } from '../manager/runnable.ts';
import { eventRules, ownRules, primaryRules } from '../rbac/rules.ts';
import type { ReconcileResult } from '../reconcile/reconcile-result.ts';
import { intentChanged } from '../watch/predicates.ts';
import { type WatchDeclaration, watch } from '../watch/watch.ts';
import { reconcileChildren } from './children.ts';
import type { ControllerOptions, References, View } from './declaration.ts';
import { reconcileStatus, reportFailure, type StatusTarget, type UnwrittenConditions } from './status.ts';

/**
 * Declares a controller; a manager runs it.
 *
 * @example
 * export const websites = controller(Website, {
 *   owns: [Deployment, Service],
 *   reconcile({ object, owned }) {
 *     const ready = (owned(Deployment)[0]?.status?.readyReplicas ?? 0) > 0;
 *     return {
 *       children: [deploymentFor(object), serviceFor(object)],
 *       conditions: { Ready: [ready, ready ? 'Serving' : 'Starting'] },
 *     };
 *   },
 * });
 */
export function controller<T extends KubeObject, R extends Record<string, KubeObject> = Record<never, KubeObject>>(
  kind: KindRef<T>,
  options: ControllerOptions<T, R>,
): Runnable {
  const name = options.name ?? `${kind.kind.toLowerCase()}-controller`;
  const owns = options.owns ?? [];
  const references = referencesOf(options.refersTo);
  const declared: Declared<T, R> = {
    kind,
    name,
    options,
    references,
    forms: new Map(),
    unwritten: new Map(),
    finalizer: options.finalizer ?? `${kind.group === '' ? 'kindred.dev' : kind.group}/${name}`,
  };
  return imperative<T>(kind, {
    ...passedOn(options),
    name,
    owns,
    watches: [...references.map((reference) => reference.watch), ...(options.watches ?? [])],
    indexes: { ...options.indexes, ...Object.fromEntries(references.map(({ index, keys }) => [index, keys])) },
    predicate: intentChanged,
    ignoreOwnWrites: true,
    rules: [...owns.flatMap(ownRules), ...primaryRules(kind), ...eventRules, ...(options.rules ?? [])],
    reconcile: (context) => reconcile(declared, context),
  });
}

interface Declared<T extends KubeObject, R extends Record<string, KubeObject>> {
  readonly kind: KindRef<T>;
  readonly name: string;
  readonly options: ControllerOptions<T, R>;
  readonly references: readonly Reference<T>[];
  readonly forms: AppliedForms;
  readonly unwritten: UnwrittenConditions;
  readonly finalizer: string;
}

async function reconcile<T extends KubeObject, R extends Record<string, KubeObject>>(
  declared: Declared<T, R>,
  context: ReconcileContext<T>,
): Promise<ReconcileResult | undefined> {
  const { object } = context;
  if (object === undefined) return undefined;
  const { deletionTimestamp } = object.metadata;
  try {
    if (deletionTimestamp !== undefined) return await finalize(declared, context, object);
    return await makeSo(declared, context, object);
  } catch (error) {
    // A conflict only means that somebody was faster: the next look settles it.
    if (!context.signal.aborted && !isStatusError(error, 'Conflict'))
      await tellOfFailure(declared, context, { object, error });
    throw error;
  }
}

async function makeSo<T extends KubeObject, R extends Record<string, KubeObject>>(
  declared: Declared<T, R>,
  context: ReconcileContext<T>,
  seen: Observed<T>,
): Promise<ReconcileResult | undefined> {
  const { kind, options, name, forms, finalizer } = declared;
  // Before anything outside the cluster can come into being.
  const object = options.finalize === undefined ? seen : await addFinalizer(kind, seen, { ...context, finalizer });
  const desired = await options.reconcile(viewOf(declared, context, object));
  context.signal.throwIfAborted();
  const parent = { kind, object, owns: options.owns ?? [], manager: name, forms, context };
  await reconcileChildren(desired.children ?? [], parent);
  await reconcileStatus(desired.status ?? {}, desired.conditions ?? {}, statusTarget(declared, context, object));
  for (const event of desired.events ?? []) context.events.record(object, event);
  return desired.requeueAfter === undefined ? undefined : { requeueAfter: desired.requeueAfter };
}

async function finalize<T extends KubeObject, R extends Record<string, KubeObject>>(
  declared: Declared<T, R>,
  context: ReconcileContext<T>,
  object: Observed<T>,
): Promise<ReconcileResult | undefined> {
  const { kind, options, finalizer } = declared;
  if (!hasFinalizer(object, finalizer)) return undefined;
  // Declared once with a finalizer and now without: nothing is left to take down.
  const result = (await options.finalize?.(viewOf(declared, context, object))) ?? 'done';
  if (result !== 'done') return { requeueAfter: result.requeueAfter };
  await removeFinalizer(kind, object, { ...context, finalizer });
  return undefined;
}

async function tellOfFailure<T extends KubeObject, R extends Record<string, KubeObject>>(
  declared: Declared<T, R>,
  context: ReconcileContext<T>,
  { object, error }: { readonly object: Observed<T>; readonly error: unknown },
): Promise<void> {
  const { errorCondition = 'Ready' } = declared.options;
  if (errorCondition === false) return;
  try {
    await reportFailure(errorCondition, error, statusTarget(declared, context, object));
  } catch (reportError) {
    // The reconcile's own error is the one that matters; it is thrown on by the caller.
    context.logger.error('Failure could not be written to status', reportError);
  }
}

function statusTarget<T extends KubeObject, R extends Record<string, KubeObject>>(
  { kind, name, forms, unwritten }: Declared<T, R>,
  { client, events, logger, signal, now }: ReconcileContext<T>,
  object: Observed<T>,
): StatusTarget<T> {
  return { kind, object, client, manager: name, forms, unwritten, events, logger, signal, now: now() };
}

function viewOf<T extends KubeObject, R extends Record<string, KubeObject>>(
  { references }: Declared<T, R>,
  context: ReconcileContext<T>,
  object: Observed<T>,
): View<T, R> {
  const { owned, lister, signal, logger } = context;
  const refs: Record<string, KubeObject | undefined> = {};
  for (const reference of references) {
    const [key] = reference.keys(object);
    refs[reference.name] = key === undefined ? undefined : lister(reference.kind).getByKey(key);
  }
  // `references` has the names and kinds of R.
  return { object, owned, lister, signal, logger, now: context.now(), refs: refs as View<T, R>['refs'] };
}

interface Reference<T extends KubeObject> {
  readonly name: string;
  readonly kind: KindRef<KubeObject>;
  readonly index: string;
  /** The key of the object referred to; an index function of the referring kind. */
  readonly keys: (object: Observed<T>) => readonly string[];
  readonly watch: WatchDeclaration;
}

/** Each reference is an index from the key referred to, and a watch that asks it. */
function referencesOf<T extends KubeObject, R extends Record<string, KubeObject>>(
  refersTo: References<T, R> | undefined,
): Reference<T>[] {
  return Object.entries(refersTo ?? {}).map(([name, [kind, target]]: [string, References<T, R>[string]]) => {
    const index = `refers-to-${name}`;
    const keys = (object: Observed<T>): readonly string[] => {
      const to = target(object);
      if (!to) return [];
      const address = typeof to === 'string' ? { name: to } : to;
      const namespace = ('namespace' in address ? address.namespace : undefined) ?? object.metadata.namespace;
      if (kind.scope === 'Cluster' || namespace === undefined) return [address.name];
      return [keyOf({ metadata: { name: address.name, namespace } })];
    };
    const mapped = watch(kind, {
      to: (object, { primary }) => primary.lister.byIndex(index, keyOf(object)).map(keyOf),
    });
    return { name, kind, index, keys, watch: mapped };
  });
}

function passedOn<T extends KubeObject, R extends Record<string, KubeObject>>(options: ControllerOptions<T, R>) {
  const { scope, concurrency, timeout, onOutcome } = options;
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(onOutcome === undefined ? {} : { onOutcome }),
  };
}
