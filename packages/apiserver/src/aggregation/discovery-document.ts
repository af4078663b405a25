/**
 * What the server of an APIService says that it serves, out of either form of discovery. Pure functions; nothing in a
 * document of others is believed without a look.
 */
import { isJsonObject, type JsonObject } from '@kindred/machinery';

/** One resource in the form of `apidiscovery.k8s.io/v2` APIResourceDiscovery. */
export type DiscoveredResource = JsonObject;

/** From an APIGroupDiscoveryList; undefined when it isn't one, or lacks the group version. */
export function fromAggregated(document: unknown, group: string, version: string): DiscoveredResource[] | undefined {
  if (!isJsonObject(document) || document['kind'] !== 'APIGroupDiscoveryList') return undefined;
  const found = objectsOf(document['items']).find(
    ({ metadata }) => isJsonObject(metadata) && metadata['name'] === group,
  );
  const versions = objectsOf(found?.['versions']).find((each) => each['version'] === version);
  return versions === undefined ? undefined : objectsOf(versions['resources']).filter(isComplete);
}

/** From an APIResourceList (`/apis/G/V`), whose subresources stand beside their resource; undefined when it isn't one. */
export function fromLegacy(document: unknown, group: string, version: string): DiscoveredResource[] | undefined {
  if (!isJsonObject(document) || document['kind'] !== 'APIResourceList') return undefined;
  const entries = objectsOf(document['resources']).filter(({ name }) => typeof name === 'string' && name !== '');
  return entries
    .filter(({ name }) => !String(name).includes('/'))
    .map((entry) => {
      const { name, namespaced, singularName, verbs, shortNames, categories } = entry;
      const subresources = entries.filter((other) => String(other['name']).startsWith(`${String(name)}/`));
      return {
        resource: String(name),
        responseKind: kindOf(entry, group, version),
        scope: namespaced === true ? 'Namespaced' : 'Cluster',
        singularResource: typeof singularName === 'string' ? singularName : '',
        verbs: textsOf(verbs),
        ...(textsOf(shortNames).length === 0 ? {} : { shortNames: textsOf(shortNames) }),
        ...(textsOf(categories).length === 0 ? {} : { categories: textsOf(categories) }),
        ...(subresources.length === 0
          ? {}
          : {
              subresources: subresources.map((other) => ({
                subresource: String(other['name']).slice(String(name).length + 1),
                responseKind: kindOf(other, group, version),
                verbs: textsOf(other['verbs']),
              })),
            }),
      };
    })
    .filter(isComplete);
}

function kindOf(entry: JsonObject, group: string, version: string): JsonObject {
  const text = (value: unknown, otherwise: string): string =>
    typeof value === 'string' && value !== '' ? value : otherwise;
  return {
    group: text(entry['group'], group),
    version: text(entry['version'], version),
    kind: text(entry['kind'], ''),
  };
}

/** Clients stumble over resources without names or verbs. */
function isComplete({ resource, responseKind, verbs }: DiscoveredResource): boolean {
  return typeof resource === 'string' && resource !== '' && isJsonObject(responseKind) && textsOf(verbs).length > 0;
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
