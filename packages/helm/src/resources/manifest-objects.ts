/**
 * A manifest stream as objects: documents are read, lists flattened, what is no object refused with the texts that helm has
 * from kubectl's resource builder. Whether the kinds exist is not asked here.
 */
import { decodeErrors } from '@kindred/apis';
import {
  type DecodedYaml,
  DecodeError,
  decodeYaml,
  encodeJsonText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Unstructured,
} from '@kindred/machinery';
import { ResourceError } from './resource-error.ts';

export interface ReadOptions {
  /** Says what is missing as helm's check against the server's schemas does. True when not given. */
  readonly validate?: boolean | undefined;
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

/**
 * One object, or the items of a list.
 *
 * @throws ResourceError for what isn't one
 */
export function readObjects(content: string, { validate = true }: ReadOptions = {}): Unstructured[] {
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
