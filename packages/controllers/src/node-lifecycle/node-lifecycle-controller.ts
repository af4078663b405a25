/**
 * Notices that a node is silent, and gives nodes the taints that keep pods away from them.
 * Source: "Nodes", Kubernetes documentation: the node controller.
 */
import { Lease } from '@kindred/apis/coordination/v1';
import { Node } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { formatTime, type Observed } from '@kindred/machinery';
import { imperative, type ReconcileContext, type Runnable, watch } from '@kindred/operator';
import { settled } from '../writes/settled.ts';
import { healthTaints, silentConditions } from './node-health.ts';

export interface NodeLifecycleOptions {
  /** Milliseconds of silence after which a node counts as unreachable; 40 s when not given. */
  readonly gracePeriod?: number;
}

const leaseNamespace = 'kube-node-lease';

interface Heartbeat {
  readonly renewTime: string;
  /** The node's own last word on whether it is ready. */
  readonly ready: string;
  /** When this process saw it: the clocks of nodes may be wrong. */
  readonly seen: number;
}

/** @example manager.add(nodeLifecycleController()); */
export function nodeLifecycleController({ gracePeriod = 40_000 }: NodeLifecycleOptions = {}): Runnable {
  const heartbeats = new Map<string, Heartbeat>();
  return imperative(Node, {
    name: 'node-lifecycle-controller',
    watches: [watch(Lease, { to: ({ metadata }) => [metadata.name], scope: { namespace: leaseNamespace } })],
    rules: [{ apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['patch', 'update'] }],
    async reconcile(context) {
      const { object: node, name } = context;
      if (node === undefined) {
        heartbeats.delete(name);
        return undefined;
      }
      const heartbeat = latest(heartbeats.get(name), node, context);
      heartbeats.set(name, heartbeat);
      const left = heartbeat.seen + gracePeriod - context.now();
      const current = left > 0 ? node : await reportSilence(context, node);
      await keepTaints(context.client, current, context.now());
      return left > 0 ? { requeueAfter: left } : undefined;
    },
  });
}

/** A renewed lease is a sign of life, and so is a status that the node has written. */
function latest(
  known: Heartbeat | undefined,
  node: Observed<Node>,
  { name, lister, now }: ReconcileContext<Node>,
): Heartbeat {
  const renewTime = lister(Lease).get({ namespace: leaseNamespace, name })?.spec?.renewTime ?? '';
  const condition = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const ready = condition === undefined || condition.status === 'Unknown' ? known?.ready : JSON.stringify(condition);
  if (known?.renewTime === renewTime && known.ready === ready) return known;
  return { renewTime, ready: ready ?? '', seen: now() };
}

async function reportSilence(
  { client, events, now }: ReconcileContext<Node>,
  node: Observed<Node>,
): Promise<Observed<Node>> {
  const conditions = silentConditions(node, formatTime(now()));
  if (conditions === undefined) return node;
  const { name, resourceVersion } = node.metadata;
  const patch = { metadata: { resourceVersion }, status: { conditions } };
  const written = await settled(client.mergePatch(Node, { name }, patch, { subresource: 'status' }));
  if (written === undefined) return node;
  const message = `Node ${name} status is now: NodeNotReady`;
  events.record(node, { type: 'Normal', reason: 'NodeNotReady', message });
  return written;
}

async function keepTaints(client: Client, node: Observed<Node>, now: number): Promise<void> {
  const taints = healthTaints(node, formatTime(now));
  if (taints === undefined) return;
  const { name, resourceVersion } = node.metadata;
  await settled(client.mergePatch(Node, { name }, { metadata: { resourceVersion }, spec: { taints } }));
}
