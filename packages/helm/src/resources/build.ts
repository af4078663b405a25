/**
 * Objects from a manifest stream, as kubectl's resource builder makes them for helm: documents are read, lists flattened,
 * kinds looked up, namespaces filled in.
 */
import { goQuote, type Unstructured } from '@kindred/machinery';
import type { Cluster } from './cluster.ts';
import { manifestDocuments, type ReadOptions, readObjects } from './manifest-objects.ts';
import type { Resource } from './resource.ts';
import { ResourceError } from './resource-error.ts';

/**
 * Builds the resources of a manifest, in its order.
 *
 * @throws ResourceError with one line for each document that is no object, and two for each whose kind isn't served
 */
export async function buildResources(
  cluster: Cluster,
  manifest: string,
  options: ReadOptions = {},
): Promise<Resource[]> {
  const resources: Resource[] = [];
  const problems: string[] = [];
  for (const { source, content } of manifestDocuments(manifest)) {
    try {
      for (const object of readObjects(content, options)) resources.push(await resourceOf(cluster, object, source));
    } catch (error) {
      if (!(error instanceof ResourceError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) return resources;
  throw new ResourceError(problems.length === 1 ? (problems[0] ?? '') : `[${[...new Set(problems)].join(', ')}]`);
}

async function resourceOf(cluster: Cluster, object: Unstructured, source: string): Promise<Resource> {
  const { apiVersion, kind: kindName } = object;
  const { name = '', namespace = '' } = object.metadata;
  const kind = await cluster.mapper.kindOf(apiVersion, kindName, cluster.signal);
  if (kind === undefined) {
    const unknown = `no matches for kind ${goQuote(kindName)} in version ${goQuote(apiVersion)}`;
    throw new ResourceError(
      `resource mapping not found for name: ${goQuote(name)} namespace: ${goQuote(namespace)} from "": ${unknown}\nensure CRDs are installed first`,
    );
  }
  if (kind.scope === 'Cluster') return { kind, name, namespace: '', object, source };
  const own = namespace === '' ? cluster.namespace : namespace;
  return {
    kind,
    name,
    namespace: own,
    object: namespace === own ? object : { ...object, metadata: { ...object.metadata, namespace: own } },
    source,
  };
}
