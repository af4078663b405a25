/**
 * The objects of a release as they are in the cluster, by version and kind, for `helm status`. Pods of workloads come
 * along as `v1/Pod(related)`. What is gone is left out.
 */
import { Pod } from '@kindred/apis/core/v1';
import { type Client, formatQuery, resourcePath } from '@kindred/client';
import {
  isJsonObject,
  isStatusError,
  type JsonObject,
  type KindRef,
  labelSelectorFromObject,
} from '@kindred/machinery';
import type { Release } from '../../release/release.ts';
import { buildResources } from '../../resources/build.ts';
import { createKindMapper } from '../../resources/kind-mapper.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ClusterAccess } from '../cluster/connect.ts';
import type { Host } from '../host.ts';

/** `Table`s of one row and more, or the objects themselves. */
export type LiveForm = 'table' | 'object';

/** By `v1/Deployment`, in the order of the manifest. */
export type LiveObjects = ReadonlyMap<string, readonly JsonObject[]>;

const RELATED = 'v1/Pod(related)';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Kinds whose selector is that of their pods. */
const WORKLOADS: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  '/ReplicationController',
  'batch/Job',
]);

/** Throws what the cluster answers, but for objects that aren't there. */
export async function liveObjects(
  { client }: ClusterAccess,
  release: Release,
  form: LiveForm,
  { clock, signal }: Pick<Host, 'clock' | 'signal'>,
): Promise<LiveObjects> {
  const mapper = createKindMapper(client);
  const resources = await buildResources(
    { client, mapper, namespace: release.namespace, clock, signal },
    release.manifest,
  );
  const found = new Map<string, JsonObject[]>();
  const add = (key: string, object: JsonObject): void => {
    found.set(key, [...(found.get(key) ?? []), object]);
  };
  const selectors = new Set<string>();
  for (const resource of resources) {
    const { kind, name, namespace } = resource;
    const object = await read(client, resourcePath(kind, { name, namespace }), form, signal);
    if (object === undefined) continue;
    add(`${kind.version}/${kind.kind}`, object);
    const selector = podSelector(resource);
    if (selector === undefined || selectors.has(selector)) continue;
    selectors.add(selector);
    const path = `${resourcePath(Pod, { namespace })}${formatQuery({ labelSelector: selector })}`;
    const pods = await read(client, path, form, signal);
    if (pods !== undefined) add(RELATED, pods);
  }
  return found;
}

async function read(
  client: Client,
  path: string,
  form: LiveForm,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const accept = form === 'table' ? { accept: TABLE } : {};
    const answer = await client.raw({ method: 'GET', path, signal, ...accept });
    return isJsonObject(answer) ? answer : undefined;
  } catch (error) {
    if (isStatusError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function podSelector({ kind, object }: Resource): string | undefined {
  if (!WORKLOADS.has(groupKind(kind))) return undefined;
  const { spec } = object;
  const selector = isJsonObject(spec) ? spec['selector'] : undefined;
  if (!isJsonObject(selector)) return undefined;
  const isPlain = kind.kind === 'ReplicationController';
  // The cluster has accepted the manifest, so its selectors are what they must be.
  const parsed = labelSelectorFromObject((isPlain ? { matchLabels: selector } : selector) as { matchLabels?: never });
  return parsed.toString() === '' ? undefined : parsed.toString();
}

function groupKind({ group, kind }: KindRef): string {
  return `${group}/${kind}`;
}
