/**
 * The ConfigMap `kube-system/extension-apiserver-authentication`: where the servers of APIServices read whose client
 * certificates they may believe, and in which headers the API server tells who a forwarded request comes from
 * ("Configure the Aggregation Layer", Kubernetes documentation).
 */
import { deepEqual, formatTime, isJsonObject, type Unstructured } from '@kindred/machinery';
import { requestHeaderNames } from '../authentication/request-header-authenticator.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';

const namespace = 'kube-system';
const name = 'extension-apiserver-authentication';

export interface ExtensionAuthentication {
  /** PEM; signs client certificates of the cluster's users. */
  readonly clientCa: string;
  /** PEM; signs client certificates of front proxies. */
  readonly frontProxyCa: string;
  /** Common names that front proxies have. */
  readonly allowedNames: readonly string[];
}

/** Makes the ConfigMap say what holds now; what else it says stays. */
export async function publishExtensionAuthentication(
  configMaps: ResourceStorage,
  authentication: ExtensionAuthentication,
  { now, randomUuid }: { readonly now: number; readonly randomUuid: () => string },
): Promise<void> {
  const wanted = dataOf(authentication);
  const updated = await configMaps.guaranteedUpdate(namespace, name, (stored) => {
    const { data } = stored.object;
    const merged = { ...(isJsonObject(data) ? data : {}), ...wanted };
    return deepEqual(data, merged) ? undefined : { ...stored.decode(), data: merged };
  });
  if (updated !== undefined) return;
  const object: Unstructured = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, namespace, uid: randomUuid(), creationTimestamp: formatTime(now) },
    data: wanted,
  };
  await configMaps.create(namespace, name, object);
}

function dataOf({ clientCa, frontProxyCa, allowedNames }: ExtensionAuthentication): Record<string, string> {
  const list = (...items: readonly string[]): string => JSON.stringify(items);
  return {
    'client-ca-file': clientCa,
    'requestheader-allowed-names': list(...allowedNames),
    'requestheader-client-ca-file': frontProxyCa,
    'requestheader-extra-headers-prefix': list(requestHeaderNames.extraPrefix),
    'requestheader-group-headers': list(requestHeaderNames.group),
    'requestheader-uid-headers': list(requestHeaderNames.uid),
    'requestheader-username-headers': list(requestHeaderNames.username),
  };
}
