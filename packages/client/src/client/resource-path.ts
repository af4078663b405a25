/**
 * Paths of resources, as the Kubernetes API concepts page gives them: `/api/v1/…` for the core group, `/apis/GROUP/VERSION/…`
 * for all others, then `namespaces/NAMESPACE`, the plural name, the object's name, and a subresource.
 */
import type { KindRef, KubeObject } from '@kindred/machinery';

/** Which object, collection or subresource. Cluster-scoped kinds ignore the namespace. */
export interface ResourceAddress {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

export type QueryValue = string | number | boolean | undefined;

/**
 * The escaped path of a resource, with its query. Parameters that are undefined or empty are left out.
 *
 * @example resourcePath(Pod, { namespace: 'default', name: 'a' }) // '/api/v1/namespaces/default/pods/a'
 */
export function resourcePath(
  kind: KindRef<KubeObject>,
  address: ResourceAddress,
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const segments = [root];
  if (kind.scope === 'Namespaced' && address.namespace)
    segments.push('namespaces', encodeURIComponent(address.namespace));
  segments.push(kind.plural);
  if (address.name !== undefined) segments.push(encodeURIComponent(address.name));
  if (address.subresource) segments.push(address.subresource);
  return segments.join('/') + formatQuery(query);
}

/** `?a=1&b=x`, or nothing when no parameter is set. */
export function formatQuery(query: Readonly<Record<string, QueryValue>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parts.push(`${name}=${encodeURIComponent(String(value))}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
