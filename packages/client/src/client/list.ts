/**
 * Lists in pages of 500 (limit and continue of the Kubernetes API concepts page): a large collection never has to be in one
 * answer, and all pages show the same version of it.
 */
import type { KindRef, KubeObject, Observed } from '@kindred/machinery';
import { formatGroupVersion, isJsonObject } from '@kindred/machinery';
import { textOf } from './body.ts';
import type { CollectionAddress, ListOptions } from './options.ts';
import type { Requester } from './requester.ts';
import { resourcePath } from './resource-path.ts';

const pageSize = 500;
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export interface ObservedList<T extends KubeObject> {
  /** The version of the collection that a watch may start from. */
  readonly resourceVersion: string;
  readonly items: Observed<T>[];
}

export interface ObjectPage<T extends KubeObject> extends ObservedList<T> {
  /** Given when there are more pages. */
  readonly continue?: string;
}

export async function listPage<T extends KubeObject>(
  requester: Requester,
  kind: KindRef<T>,
  at: CollectionAddress,
  { signal, projection, ...options }: ListOptions & { readonly continue?: string | undefined },
): Promise<ObjectPage<T>> {
  const query = { ...options, limit: options.limit === 0 ? undefined : (options.limit ?? pageSize) };
  const answer = await requester.json({
    method: 'GET',
    path: resourcePath(kind, { namespace: at.namespace }, query),
    accept: projection === 'metadata' ? metadataList : undefined,
    signal,
  });
  if (!isJsonObject(answer)) throw new TypeError(`The list of ${kind.plural} is not a JSON object`);
  const metadata = isJsonObject(answer['metadata']) ? answer['metadata'] : {};
  const items = Array.isArray(answer['items']) ? answer['items'] : [];
  const next = textOf(metadata['continue']);
  const type = { apiVersion: formatGroupVersion(kind), kind: kind.kind };
  return {
    resourceVersion: textOf(metadata['resourceVersion']),
    // Lists of built-in kinds leave apiVersion and kind out of their items.
    items: items.map((item) => ({ ...(item as object), ...type }) as Observed<T>),
    ...(next === '' ? {} : { continue: next }),
  };
}

export async function listAll<T extends KubeObject>(
  requester: Requester,
  kind: KindRef<T>,
  at: CollectionAddress,
  options: ListOptions,
): Promise<ObservedList<T>> {
  let page = await listPage(requester, kind, at, options);
  if (page.continue === undefined) return page;
  const items = [...page.items];
  while (page.continue !== undefined) {
    // The continue token fixes the version; the server refuses a resourceVersion beside it.
    const { resourceVersion: _, resourceVersionMatch: __, ...rest } = options;
    page = await listPage(requester, kind, at, { ...rest, continue: page.continue });
    for (const item of page.items) items.push(item);
  }
  return { resourceVersion: page.resourceVersion, items };
}
