/**
 * What the server of an APIService says that it serves, out of either form of discovery. Pure functions; nothing in a
 * document of others is believed without a look.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';

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
  const entries = objectsOf(document['resources']).map((entry) => ({ name: textOf(entry['name']), entry }));
  return entries
    .filter(({ name }) => name !== '' && !name.includes('/'))
    .map(({ name, entry }) => {
      const below = entries.filter((other) => other.name.startsWith(`${name}/`));
      return {
        resource: name,
        responseKind: kindOf(entry, group, version),
        scope: entry['namespaced'] === true ? 'Namespaced' : 'Cluster',
        singularResource: textOf(entry['singularName']),
        verbs: textsOf(entry['verbs']),
        ...unlessEmpty('shortNames', textsOf(entry['shortNames'])),
        ...unlessEmpty('categories', textsOf(entry['categories'])),
        ...unlessEmpty(
          'subresources',
          below.map((other) => ({
            subresource: other.name.slice(name.length + 1),
            responseKind: kindOf(other.entry, group, version),
            verbs: textsOf(other.entry['verbs']),
          })),
        ),
      };
    })
    .filter(isComplete);
}

function unlessEmpty(name: string, list: JsonValue[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}

function kindOf(entry: JsonObject, group: string, version: string): JsonObject {
  return {
    group: textOf(entry['group']) || group,
    version: textOf(entry['version']) || version,
    kind: textOf(entry['kind']),
  };
}

/** Clients stumble over resources without names or verbs. */
function isComplete({ resource, responseKind, verbs }: DiscoveredResource): boolean {
  return typeof resource === 'string' && resource !== '' && isJsonObject(responseKind) && textsOf(verbs).length > 0;
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
