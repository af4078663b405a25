/**
 * The `kubectl.kubernetes.io/last-applied-configuration` annotation of client-side apply, for the change to server-side.
 *
 * When kubectl applies on the server for the first time, what it had applied by itself belongs to update managers and
 * would conflict. Fields that the live object still has as the annotation says are kubectl's own to change.
 */
import { DecodeError } from '../../codec/decode-error.ts';
import { decodeJson, encodeJsonText } from '../../codec/json.ts';
import type { JsonValue } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import { compareObjects } from './compare-values.ts';
import { differenceOf, emptyFieldSet } from './field-set.ts';
import { fieldSetOfValue } from './field-set-of-value.ts';
import { trackedPart } from './tracked-part.ts';
import { isUnstructured, type VersionContext } from './version-views.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** The manager name that kubectl uses for server-side apply unless told otherwise. */
const kubectl = 'kubectl';
/** All annotations of an object together; with more, the API server refuses it. */
const maxAnnotationsBytes = 256 * 1024;

/** The paths that kubectl has applied on the client side and nobody has changed since; empty for other managers. */
export function lastAppliedByKubectl(live: Unstructured, manager: string, context: VersionContext): FieldsV1 {
  const text = manager === kubectl ? live.metadata.annotations?.[annotation] : undefined;
  if (text === undefined) return emptyFieldSet;
  const lastApplied = decodeAnnotation(text);
  if (!isUnstructured(lastApplied) || lastApplied.apiVersion !== context.apiVersion) return emptyFieldSet;
  const part = trackedPart(lastApplied);
  const { changed, removed } = compareObjects(part, trackedPart(live), context.schema);
  return differenceOf(differenceOf(fieldSetOfValue(part, context.schema), changed), removed);
}

function decodeAnnotation(text: string): JsonValue {
  try {
    return decodeJson(Buffer.from(text)).value;
  } catch (error) {
    // Whoever broke the annotation only loses the privilege that it gives.
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The object with the annotation brought up to date, when kubectl applies to an object that has it. */
export function withLastApplied(object: Unstructured, applied: Unstructured, manager: string): Unstructured {
  const annotations = object.metadata.annotations;
  if (manager !== kubectl || annotations?.[annotation] === undefined) return object;
  const { [annotation]: _, ...others } = annotations;
  const { managedFields: __, ...metadata } = applied.metadata;
  const updated = { ...others, [annotation]: `${encodeJsonText({ ...applied, metadata })}\n` };
  const kept = annotationBytes(updated) > maxAnnotationsBytes ? others : updated;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

function annotationBytes(annotations: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(annotations)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
