/**
 * Objects from a manifest stream, as kubectl's resource builder makes them for helm: documents are read, lists flattened,
 * kinds looked up, namespaces filled in.
 */
import { decodeErrors } from '@kindred/apis';
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

export interface BuildOptions {
  /** Says what is missing as helm's check against the server's schemas does. True when not given. */
  readonly validate?: boolean | undefined;
}

/**
 * Builds the resources of a manifest, in its order.
 *
 * @throws ResourceError with one line for each document that is no object, and two for each whose kind isn't served
 */
export async function buildResources(
  cluster: Cluster,
  manifest: string,
  options: BuildOptions = {},
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

interface ManifestDocument {
  readonly source: string;
  readonly content: string;
}

/** The documents of a stream with the files that they say they come from; documents of comments alone are left out. */
function manifestDocuments(manifest: string): ManifestDocument[] {
  return manifest
    .split(/^---(?:[ \t].*)?\r?$/m)
    .filter((content) => content.split('\n').some((line) => !/^\s*(?:#.*)?$/.test(line)))
    .map((content) => ({ source: /^# Source: (.+)$/m.exec(content)?.[1]?.trim() ?? '', content }));
}

/** One object, or the items of a list. */
function readObjects(content: string, { validate = true }: BuildOptions): Unstructured[] {
  const value = decoded(content).value;
  if (value === null) return [];
  if (!isJsonObject(value)) throw invalidData('invalid object to validate');
  if (!validate && (value['kind'] ?? '') === '') {
    throw new ResourceError(`unable to decode "": Object 'Kind' is missing in '${encodeJsonText(value)}'`);
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
  const { apiVersion, kind, items, metadata = {} } = value;
  const missing = ['apiVersion', 'kind'].filter((name) => (value[name] ?? '') === '').map((name) => `${name} not set`);
  if (missing.length > 0) throw invalidData(missing.length === 1 ? (missing[0] ?? '') : `[${missing.join(', ')}]`);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw invalidData('apiVersion and kind must be texts');
  if (apiVersion.split('/').length > 2) throw invalidData(`unexpected GroupVersion string: ${apiVersion}`);
  if (kind === 'List' && !Array.isArray(items)) throw invalidData('invalid object to validate');
  if (!Array.isArray(items)) {
    checkMetadata(metadata);
    // Checked right before: what its fields hold are texts, lists of them and maps of them.
    return [{ ...value, apiVersion, kind, metadata: metadata as Unstructured['metadata'] }];
  }
  const itemType = kind === 'List' ? {} : { apiVersion, kind: kind.replace(/List$/, '') };
  return items.filter(isJsonObject).flatMap((item) => flatten({ ...itemType, ...item }));
}

function checkMetadata(metadata: JsonValue): void {
  if (!isJsonObject(metadata)) throw new ResourceError(`unable to decode "": metadata is not an object`);
  const [problem] = decodeErrors('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', metadata);
  if (problem === undefined) return;
  throw new ResourceError(`unable to decode "": ${problem.replace('field ObjectMeta.', 'field ObjectMeta.metadata.')}`);
}

function invalidData(problem: string): ResourceError {
  return new ResourceError(`error validating "": error validating data: ${problem}`);
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
