/**
 * Deletes what is in a namespace that is being deleted, then lets the namespace go.
 * Source: "Namespaces", Kubernetes documentation; KEP-5080 (pods go first, so that nothing they use vanishes under them).
 */
import { Namespace } from '@kindred/apis/core/v1';
import type { Client, DiscoveredResource } from '@kindred/client';
import { discover, preferredVersions } from '@kindred/client';
import type { GroupVersion, Observed } from '@kindred/machinery';
import {
  errorText,
  formatGroupResource,
  formatGroupVersion,
  isStatusError,
  parseTime,
  storedElsewhereAnnotation,
} from '@kindred/machinery';
import type { ReconcileResult, Runnable } from '@kindred/operator';
import { imperative } from '@kindred/operator';
import type { DeletionState, Remaining } from './deletion-conditions.ts';
import { deletionConditions } from './deletion-conditions.ts';

/** The namespace's own finalizer, which stands for its content; kept in spec, not in metadata. */
const contentFinalizer = 'kubernetes';
/** How soon (ms) to look again while objects end gracefully, at least and at most. */
const soonest = 250;
const latest = 10_000;

/** @example manager.add(namespaceController); */
export const namespaceController: Runnable = imperative(Namespace, {
  name: 'namespace-controller',
  concurrency: 4,
  predicate: (namespace) => namespace.metadata.deletionTimestamp !== undefined,
  rules: [
    { apiGroups: ['*'], resources: ['*'], verbs: ['delete', 'deletecollection', 'get', 'list'] },
    { apiGroups: [''], resources: ['namespaces/finalize', 'namespaces/status'], verbs: ['update', 'patch'] },
  ],
  async reconcile({ object, client, now, signal }) {
    if (object?.metadata.deletionTimestamp === undefined) return undefined;
    return finalize(object, client, { now: now(), signal });
  },
});

async function finalize(
  namespace: Observed<Namespace>,
  client: Client,
  { now, signal }: { now: number; signal: AbortSignal },
): Promise<ReconcileResult | undefined> {
  const finalizers = namespace.spec?.finalizers ?? [];
  if (!finalizers.includes(contentFinalizer)) return undefined;
  const { name } = namespace.metadata;
  const { resources, stale } = await discover(client, signal);
  const isStale = ({ kind }: DiscoveredResource): boolean => stale.some((version) => isOf(kind, version));
  const deletable = preferredVersions(resources).filter((resource) => isDeletable(resource) && !isStale(resource));
  const pods = deletable.filter(({ kind }) => kind.group === '' && kind.plural === 'pods');
  const others = deletable.filter((resource) => !pods.includes(resource));
  let found = await deleteContent(client, name, pods, signal);
  if (isClear(found)) found = await deleteContent(client, name, others, signal);
  const undiscovered = stale.filter(({ group }) => storesIn(namespace, group)).map(formatGroupVersion);
  if (isClear(found) && undiscovered.length === 0) {
    await removeContentFinalizer(client, namespace, signal);
    return undefined;
  }
  await report(client, namespace, { ...found, undiscovered }, now);
  return { requeueAfter: recheckAfter(namespace, now) };
}

type Content = Pick<DeletionState, 'remaining' | 'failures'>;

function isClear({ remaining, failures }: Content): boolean {
  return remaining.length === 0 && failures.length === 0;
}

function isOf(kind: GroupVersion, { group, version }: GroupVersion): boolean {
  return kind.group === group && kind.version === version;
}

/**
 * The API server notes on a namespace which groups of other servers have been sent objects for it: one that has nothing
 * there must not keep the namespace while it is down, one that may have objects there must.
 */
function storesIn({ metadata }: Observed<Namespace>, group: string): boolean {
  return (metadata.annotations?.[storedElsewhereAnnotation] ?? '').split(',').includes(group);
}

/** A tenth of the time that it has taken so far: what waits for a finalizer may wait for days. */
function recheckAfter({ metadata }: Observed<Namespace>, now: number): number {
  const began = parseTime(metadata.deletionTimestamp ?? '') ?? now;
  return Math.min(latest, Math.max(soonest, (now - began) / 10));
}

async function removeContentFinalizer(
  client: Client,
  namespace: Observed<Namespace>,
  signal: AbortSignal,
): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== contentFinalizer);
  try {
    await client.updateSubresource(
      Namespace,
      { name: namespace.metadata.name, subresource: 'finalize' },
      { ...namespace, spec: { ...namespace.spec, finalizers } },
      { signal },
    );
  } catch (error) {
    if (!isStatusError(error, 'NotFound')) throw error;
  }
}

/** Deletes the objects of each resource and tells which are still there. One that fails doesn't hold up the others. */
async function deleteContent(
  client: Client,
  namespace: string,
  resources: readonly DiscoveredResource[],
  signal: AbortSignal,
): Promise<Content> {
  const remaining: Remaining[] = [];
  const failures: string[] = [];
  await Promise.all(
    resources.map(async (resource) => {
      try {
        remaining.push(...(await deleteAll(client, namespace, resource, signal)));
      } catch (error) {
        signal.throwIfAborted();
        const { group, version, plural } = resource.kind;
        failures.push(`${group}/${version}, Resource=${plural}: ${errorText(error)}`);
      }
    }),
  );
  return { remaining, failures };
}

async function deleteAll(
  client: Client,
  namespace: string,
  { kind, verbs }: DiscoveredResource,
  signal: AbortSignal,
): Promise<Remaining[]> {
  const before = await firstPage(client, kind, namespace, signal);
  if (before === 0) return [];
  if (verbs.includes('deletecollection')) {
    await client.deleteCollection(kind, { namespace }, { propagationPolicy: 'Background', signal });
  } else {
    await deleteOneByOne(client, kind, namespace, signal);
  }
  const { items } = await client.list(kind, { namespace }, { projection: 'metadata', signal });
  if (items.length === 0) return [];
  const waitsFor = items.flatMap(({ metadata }) => metadata.finalizers ?? []);
  return [
    { resource: formatGroupResource({ group: kind.group, resource: kind.plural }), count: items.length, waitsFor },
  ];
}

/** How many objects it has. A resource that is served no longer, or can't be listed after all, has none. */
async function firstPage(
  client: Client,
  kind: DiscoveredResource['kind'],
  namespace: string,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { items } = await client.listPage(kind, { namespace }, { limit: 1, projection: 'metadata', signal });
    return items.length;
  } catch (error) {
    if (isStatusError(error, 'NotFound') || isStatusError(error, 'MethodNotAllowed')) return 0;
    throw error;
  }
}

async function deleteOneByOne(
  client: Client,
  kind: DiscoveredResource['kind'],
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const { items } = await client.list(kind, { namespace }, { projection: 'metadata', signal });
  for (const { metadata } of items) {
    try {
      await client.delete(kind, { namespace, name: metadata.name }, { propagationPolicy: 'Background', signal });
    } catch (error) {
      if (!isStatusError(error, 'NotFound')) throw error;
    }
  }
}

async function report(
  client: Client,
  namespace: Observed<Namespace>,
  state: DeletionState,
  now: number,
): Promise<void> {
  const conditions = deletionConditions(namespace.status?.conditions ?? [], state, new Date(now).toISOString());
  if (conditions === undefined) return;
  const { name } = namespace.metadata;
  await client.mergePatch(Namespace, { name }, { status: { conditions } }, { subresource: 'status' });
}

function isDeletable({ kind, verbs }: DiscoveredResource): boolean {
  return kind.scope === 'Namespaced' && verbs.includes('list') && verbs.includes('delete');
}
