/**
 * Objects from a manifest stream, as kubectl's resource builder makes them for helm: documents are read, lists flattened,
 * kinds looked up, namespaces filled in.
 */
import {
  type DecodedYaml,
  DecodeError,
  decodeYaml,
  encodeJsonText,
  goQuote,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Unstructured,
} from '@kindred/machinery';
import type { Cluster } from './cluster.ts';
import type { Resource } from './resource.ts';
import { ResourceError } from './resource-error.ts';

/**
 * Builds the resources of a manifest, in its order.
 *
 * @throws ResourceError with one line for each document that is no object, and two for each whose kind isn't served
 */
export async function buildResources(cluster: Cluster, manifest: string): Promise<Resource[]> {
  const resources: Resource[] = [];
  const problems: string[] = [];
  for (const { source, content } of manifestDocuments(manifest)) {
    try {
      for (const object of readObjects(content)) resources.push(await resourceOf(cluster, object, source));
    } catch (error) {
      if (!(error instanceof ResourceError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) return resources;
  throw new ResourceError(problems.length === 1 ? (problems[0] ?? '') : `[${[...new Set(problems)].join(', ')}]`);
}

interface ManifestDocument {
  readonly source: string;
  readonly content: string;
}

/** The documents of a stream with the files that they say they come from; documents of comments alone are left out. */
export function manifestDocuments(manifest: string): ManifestDocument[] {
  return manifest
    .split(/^---(?:[ \t].*)?\r?$/m)
    .filter((content) => content.split('\n').some((line) => !/^\s*(?:#.*)?$/.test(line)))
    .map((content) => ({ source: /^# Source: (.+)$/m.exec(content)?.[1]?.trim() ?? '', content }));
}

/** One object, or the items of a list. */
export function readObjects(content: string): Unstructured[] {
  const value = decoded(content).value;
  if (value === null) return [];
  if (!isJsonObject(value)) {
    const text = `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonType(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
    throw new ResourceError(`unable to decode "": ${text}`);
  }
  return flatten(value);
}

function decoded(content: string): DecodedYaml {
  try {
    return decodeYaml(content);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ResourceError(`error parsing : error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}

function flatten(value: JsonObject): Unstructured[] {
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || kind === '') {
    throw new ResourceError(`unable to decode "": Object 'Kind' is missing in ${quoted(value)}`);
  }
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    throw new ResourceError(`unable to decode "": Object 'apiVersion' is missing in ${quoted(value)}`);
  }
  if (!Array.isArray(items)) {
    const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
    // What stands in metadata is the server's to check.
    return [{ ...value, apiVersion, kind, metadata: metadata as Unstructured['metadata'] }];
  }
  const itemType = kind === 'List' ? {} : { apiVersion, kind: kind.replace(/List$/, '') };
  return items.filter(isJsonObject).flatMap((item) => flatten({ ...itemType, ...item }));
}

function quoted(value: JsonValue): string {
  return `'${encodeJsonText(value)}'`;
}

function jsonType(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
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
