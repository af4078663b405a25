/**
 * Children: applied when they differ, deleted when they are no longer wanted. A child is an object whose controller is the
 * parent; an object of the same name that nobody controls is adopted, one that somebody else controls is left alone.
 */
import { type Client, type Draft, keyOf } from '@kindred/client';
import {
  formatGroupVersion,
  isStatusError,
  type KindRef,
  type KubeObject,
  type Observed,
  parseGroupVersion,
} from '@kindred/machinery';
import { type AppliedForms, applyIfChanged } from '../apply/apply-if-changed.ts';
import type { ReconcileContext } from '../imperative/imperative.ts';
import { AlreadyOwnedError, controllerOf, withControllerRef } from '../owner-references/controller-ref.ts';
import { TerminalError } from '../reconcile/reconcile-result.ts';

export interface ParentContext<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly object: Observed<T>;
  readonly owns: readonly KindRef<KubeObject>[];
  readonly manager: string;
  readonly forms: AppliedForms;
  readonly context: Pick<ReconcileContext<T>, 'client' | 'lister' | 'owned' | 'signal' | 'logger'>;
}

/**
 * An object of a kind, with its apiVersion and kind filled in.
 *
 * @example child(Service, { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } })
 */
export function child<T extends KubeObject>(kind: KindRef<T>, object: Draft<T>): T {
  const typed: object = { ...object, apiVersion: formatGroupVersion(kind), kind: kind.kind };
  // A draft lacks nothing else.
  return typed as T;
}

/** Makes the children what they should be: applies all that are wanted, in order, then deletes the others. */
export async function reconcileChildren<T extends KubeObject>(
  wanted: readonly KubeObject[],
  parent: ParentContext<T>,
): Promise<void> {
  const kept = new Set<string>();
  for (const object of wanted) {
    const kind = kindOf(object, parent.owns);
    const intent = withControllerRef(placed(object, kind, parent), parent.kind, parent.object);
    kept.add(`${kindKey(kind)}/${keyOf(intent)}`);
    await applyChild(intent, kind, parent);
  }
  for (const kind of parent.owns) {
    for (const existing of parent.context.owned(kind)) {
      if (!kept.has(`${kindKey(kind)}/${keyOf(existing)}`)) await deleteChild(existing, kind, parent.context);
    }
  }
}

async function applyChild<T extends KubeObject>(
  intent: KubeObject,
  kind: KindRef<KubeObject>,
  { object, manager, forms, context }: ParentContext<T>,
): Promise<void> {
  const existing = context.lister(kind).getByKey(keyOf(intent));
  const owner = existing === undefined ? undefined : controllerOf(existing);
  if (existing !== undefined && owner !== undefined && owner.uid !== object.metadata.uid) {
    throw new AlreadyOwnedError(existing, owner);
  }
  const { client, signal, logger } = context;
  const applied = await applyIfChanged(existing, intent, { client, kind, manager, forms, signal });
  if (applied !== undefined) logger.debug(`Applied ${kind.kind}`, { child: keyOf(applied) });
}

async function deleteChild(
  existing: Observed<KubeObject>,
  kind: KindRef<KubeObject>,
  { client, signal, logger }: { client: Client; signal: AbortSignal; logger: ReconcileContext<KubeObject>['logger'] },
): Promise<void> {
  const { uid, deletionTimestamp } = existing.metadata;
  if (deletionTimestamp !== undefined) return;
  try {
    await client.delete(kind, existing.metadata, { preconditions: { uid }, propagationPolicy: 'Background', signal });
    logger.debug(`Deleted ${kind.kind}`, { child: keyOf(existing) });
  } catch (error) {
    // Gone already, or another object of the same name by now: not ours to delete.
    if (!isStatusError(error, 'NotFound') && !isStatusError(error, 'Conflict')) throw error;
  }
}

function kindOf(object: KubeObject, owns: readonly KindRef<KubeObject>[]): KindRef<KubeObject> {
  const { group } = parseGroupVersion(object.apiVersion);
  const kind = owns.find((each) => each.kind === object.kind && each.group === group);
  if (kind !== undefined) return kind;
  throw new TerminalError(
    `${object.kind} ${object.metadata.name} is a child of a kind that the controller does not own: add it to owns`,
  );
}

/** Children without a namespace go into their parent's. */
function placed<T extends KubeObject>(
  object: KubeObject,
  kind: KindRef<KubeObject>,
  parent: ParentContext<T>,
): KubeObject {
  const namespace = object.metadata.namespace ?? parent.object.metadata.namespace;
  if (kind.scope === 'Cluster' || namespace === undefined || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function kindKey({ group, kind }: KindRef<KubeObject>): string {
  return `${group}/${kind}`;
}
