/**
 * Changes of what a chart renders, as kustomize makes them for Flux: strategic merge patches, JSON patches with a target,
 * images. A document that nothing changes keeps its text.
 */
import { createHash } from 'node:crypto';
import { mergeSchemaOf, typeTable } from '@kindred/apis';
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  DecodeError,
  decodeYamlDocuments,
  encodeYaml,
  errorText,
  isJsonObject,
  isStatusError,
  type JsonObject,
  type JsonValue,
  PatchError,
  parseGroupVersion,
  type Unstructured,
} from '@kindred/machinery';
import { RE2JSException } from 're2js';
import type { ImageChange, PostRenderer } from '../intent/release-intent.ts';
import { changeImages } from './images.ts';
import { selectorOf } from './object-selector.ts';

/** A post-renderer is malformed, or changes nothing of what it names. */
export class PostRenderError extends Error {
  override readonly name = 'PostRenderError';
}

/** One change; gives undefined for an object that is to be left out. */
interface Change {
  readonly where: string;
  /** True when it must find an object. */
  readonly isNeeded: boolean;
  readonly selects: (object: Unstructured) => boolean;
  readonly apply: (object: Unstructured) => JsonValue | undefined;
}

/** A stream of documents, changed. @throws PostRenderError that names the patch */
export function postRender(
  stream: string,
  renderers: readonly PostRenderer[],
  { hooks }: { readonly hooks: boolean } = { hooks: true },
): string {
  const changes = renderers.flatMap(changesOf).map((change) => (hooks ? change : withoutHooks(change)));
  if (changes.length === 0) return stream;
  const found = new Set<Change>();
  const documents = stream
    .split(/^---[ \t]*(?:#.*)?\r?\n/m)
    .filter((document) => document.trim() !== '')
    .map((document) => changeDocument(document, changes, found));
  const unused = changes.find((change) => change.isNeeded && !found.has(change));
  if (unused !== undefined) throw new PostRenderError(`${unused.where}: the release has no such object`);
  return documents
    .filter((document) => document !== undefined)
    .map((document) => `---\n${document.trimEnd()}\n`)
    .join('');
}

/** What is wrong with the patches themselves, whatever they are used on: where, and why. */
export function postRendererProblem(
  renderers: readonly PostRenderer[],
): { readonly where: string; readonly message: string } | undefined {
  try {
    renderers.flatMap(changesOf);
    return undefined;
  } catch (error) {
    if (!(error instanceof PostRenderError)) throw error;
    const [where = '', ...message] = error.message.split(': ');
    return { where, message: message.join(': ') };
  }
}

function withoutHooks(change: Change): Change {
  return {
    ...change,
    selects: (object) => object.metadata.annotations?.['helm.sh/hook'] === undefined && change.selects(object),
  };
}

/** Tells two lists of post-renderers apart; empty when there is none. */
export function postRenderersDigest(renderers: readonly PostRenderer[], hooks = true): string {
  if (renderers.length === 0) return '';
  const settings = hooks ? renderers : [...renderers, 'nohooks'];
  return `sha256:${createHash('sha256').update(JSON.stringify(settings)).digest('hex')}`;
}

function changeDocument(document: string, changes: readonly Change[], found: Set<Change>): string | undefined {
  const [value] = decodeYamlDocuments(document).map((decoded) => decoded.value);
  if (!isObject(value)) return document;
  let object: Unstructured = value;
  for (const change of changes) {
    if (!change.selects(object)) continue;
    found.add(change);
    const changed = guarded(change.where, () => change.apply(object));
    if (!isObject(changed)) return undefined;
    object = changed;
  }
  if (object === value) return document;
  // The comment that says which file of the chart it came from.
  const source = /^# Source: .*$/m.exec(document)?.[0];
  return `${source === undefined ? '' : `${source}\n`}${encodeYaml(object)}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject & Unstructured {
  return isJsonObject(value) && typeof value['kind'] === 'string' && isJsonObject(value['metadata']);
}

function changesOf({ patches, images, metadata }: PostRenderer, index: number): Change[] {
  const prefix = `postRenderers[${index}].kustomize`;
  const patchChanges = patches.flatMap((each, at) =>
    guarded(`${prefix}.patches[${at}]`, () => patchChangesOf(each, `${prefix}.patches[${at}]`)),
  );
  return [
    ...patchChanges,
    ...(images.length === 0 ? [] : [imageChange(images, `${prefix}.images`)]),
    ...(metadata === undefined ? [] : [metadataChange(metadata)]),
  ];
}

function metadataChange(common: NonNullable<PostRenderer['metadata']>): Change {
  // Labels and annotations are maps: a merge patch adds to them.
  return {
    where: 'commonMetadata',
    isNeeded: false,
    selects: () => true,
    apply: (object) => applyMergePatch(object, { metadata: common }),
  };
}

function imageChange(images: readonly ImageChange[], where: string): Change {
  return {
    where,
    isNeeded: false,
    selects: () => true,
    // Objects of a manifest are JSON.
    apply: (object) => changeImages(object as Unstructured & JsonObject, images),
  };
}

function patchChangesOf({ patch, target }: PostRenderer['patches'][number], where: string): Change[] {
  const documents = decodeYamlDocuments(patch).map(({ value }) => value);
  const [first] = documents;
  if (Array.isArray(first)) {
    if (target === undefined) throw new PostRenderError(`${where}: a JSON patch needs a target`);
    return [{ where, isNeeded: false, selects: selectorOf(target), apply: (object) => applyJsonPatch(object, first) }];
  }
  return documents.map((document) => {
    if (!isJsonObject(document)) throw new PostRenderError(`${where}: neither an object nor a list of operations`);
    const selects = target === undefined ? sameIdentity(document, where) : selectorOf(target);
    return { where, isNeeded: target === undefined, selects, apply: (object) => mergePatch(object, document) };
  });
}

function sameIdentity(patch: JsonObject, where: string): Change['selects'] {
  if (!isObject(patch)) throw new PostRenderError(`${where}: without a target, the patch must name its object`);
  const { name, namespace } = patch.metadata;
  return ({ apiVersion, kind, metadata }) =>
    apiVersion === patch.apiVersion &&
    kind === patch.kind &&
    metadata.name === name &&
    (namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace);
}

/** Undefined when the patch deletes the object. */
function mergePatch(object: Unstructured, patch: JsonObject): JsonValue | undefined {
  if (patch['$patch'] === 'delete') return undefined;
  // A patch with a target may carry any name: the object's own stays.
  const { apiVersion: _, kind: __, metadata = {}, ...rest } = patch;
  const { name: ___, namespace: ____, ...ownMetadata } = isJsonObject(metadata) ? metadata : {};
  const body = Object.keys(ownMetadata).length === 0 ? rest : { ...rest, metadata: ownMetadata };
  const typeName = typeTable.typeNameOf({ ...parseGroupVersion(object.apiVersion), kind: object.kind });
  if (typeName === undefined) return applyMergePatch(object, body);
  return applyStrategicMergePatch(object, body, mergeSchemaOf(typeName));
}

function guarded<T>(where: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    const isExpected =
      error instanceof PatchError ||
      error instanceof DecodeError ||
      isStatusError(error) ||
      error instanceof RE2JSException;
    if (!isExpected) throw error;
    throw new PostRenderError(`${where}: ${errorText(error)}`, { cause: error });
  }
}
