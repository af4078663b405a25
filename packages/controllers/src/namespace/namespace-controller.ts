/**
 * Deletes what is in a namespace that is being deleted, then lets the namespace go.
 * Source: "Namespaces", Kubernetes documentation; KEP-5080 (pods go first, so that nothing they use vanishes under them).
 */
import { Namespace } from '@kindred/apis/core/v1';
import type { Client, DiscoveredResource } from '@kindred/client';
import { discoverResources } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { formatGroupResource, isStatusError, parseTime } from '@kindred/machinery';
import type { ReconcileResult, Runnable } from '@kindred/operator';
import { imperative } from '@kindred/operator';
import type { Remaining } from './deletion-conditions.ts';
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
  const resources = (await discoverResources(client, signal)).filter(isDeletable);
  const pods = resources.filter(({ kind }) => kind.group === '' && kind.plural === 'pods');
  const others = resources.filter((resource) => !pods.includes(resource));
  let remaining = await deleteContent(client, name, pods, signal);
  if (remaining.length === 0) remaining = await deleteContent(client, name, others, signal);
  if (remaining.length > 0) {
    await reportRemaining(client, namespace, remaining, now);
    return { requeueAfter: recheckAfter(namespace, now) };
  }
  await removeContentFinalizer(client, namespace, signal);
  return undefined;
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

/** Deletes the objects of each resource and tells which are still there. */
async function deleteContent(
  client: Client,
  namespace: string,
  resources: readonly DiscoveredResource[],
  signal: AbortSignal,
): Promise<Remaining[]> {
  const found = await Promise.all(
    resources.map(async ({ kind, verbs }): Promise<Remaining[]> => {
      const before = await client.listPage(kind, { namespace }, { limit: 1, projection: 'metadata', signal });
      if (before.items.length === 0) return [];
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
    }),
  );
  return found.flat();
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

async function reportRemaining(
  client: Client,
  namespace: Observed<Namespace>,
  remaining: readonly Remaining[],
  now: number,
): Promise<void> {
  const conditions = deletionConditions(namespace.status?.conditions ?? [], remaining, new Date(now).toISOString());
  if (conditions === undefined) return;
  const { name } = namespace.metadata;
  await client.mergePatch(Namespace, { name }, { status: { conditions } }, { subresource: 'status' });
}

function isDeletable({ kind, verbs }: DiscoveredResource): boolean {
  return kind.scope === 'Namespaced' && verbs.includes('list') && verbs.includes('delete');
}
