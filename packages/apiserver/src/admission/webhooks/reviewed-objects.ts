/**
 * The objects of one request as webhooks see them: converted to the version that a webhook asks for, encoded once for all
 * webhooks that ask alike, and brought back when a patch has changed one.
 */
import {
  deepCopy,
  encodeJsonText,
  internalError,
  type JsonValue,
  type ObjectMeta,
  type Unstructured,
} from '@kindred/machinery';
import { objectOf } from '../../decoding/decode-object.ts';
import type { ServedResource } from '../../resources/served-resource.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import type { ReviewSubject } from './admission-review.ts';

export class ReviewedObjects {
  readonly #attributes: AdmissionAttributes;
  readonly #objects = new Map<ServedResource, string>();
  readonly #oldObjects = new Map<ServedResource, string>();

  constructor(attributes: AdmissionAttributes) {
    this.#attributes = attributes;
  }

  /** JSON of the new object; `null` when there is none. */
  object(seenAs: ServedResource): string {
    return encoded(this.#objects, seenAs, () => this.view(seenAs));
  }

  /** JSON of the stored object; `null` when there is none. */
  oldObject(seenAs: ServedResource): string {
    return encoded(this.#oldObjects, seenAs, () => this.oldView(seenAs));
  }

  /** The new object in that version, for a patch to start from. It may share parts with the object under admission. */
  view(seenAs: ServedResource): Unstructured | undefined {
    const { object } = this.#attributes;
    return object === undefined ? undefined : this.#convert(object, seenAs);
  }

  /** The stored object in that version. Never to be changed. */
  oldView(seenAs: ServedResource): Unstructured | undefined {
    const { oldObject, operation } = this.#attributes;
    // A binding is made, whatever becomes of its pod.
    return oldObject === undefined || operation === 'CREATE' ? undefined : this.#convert(oldObject, seenAs);
  }

  /**
   * Makes the patched object the one under admission: unknown fields are dropped, what is missing is defaulted, and what
   * only the server sets stays.
   *
   * @throws StatusError 500 when the patch made something that is no object of the kind, 400 when it renamed it.
   */
  accept(seenAs: ServedResource, patched: JsonValue): void {
    const { object, form, working } = this.#attributes;
    if (object === undefined) return;
    this.changed();
    if (form !== undefined) return form.accept(object, objectOf(deepCopy(patched), kindOf(form.kind)));
    const { definition, kind, apiVersion } = seenAs;
    const next = objectOf(deepCopy(patched), { apiVersion, kind: definition.kind });
    const { errors } = kind.fitFields(next);
    if (errors.length > 0) throw internalError(errors.join(', '));
    definition.setDefaults(next);
    replaceContents(object, seenAs === working ? next : working.fromStorage(seenAs.toStorage(next)));
  }

  /** Forgets what was encoded of the new object: it isn't the same any more. */
  changed(): void {
    this.#objects.clear();
  }

  #convert(object: Unstructured, seenAs: ServedResource): Unstructured {
    const { form, working } = this.#attributes;
    if (form !== undefined) return form.view(object);
    return seenAs === working ? object : seenAs.fromStorage(working.toStorage(deepCopy(object)));
  }
}

function encoded(
  known: Map<ServedResource, string>,
  seenAs: ServedResource,
  view: () => Unstructured | undefined,
): string {
  let text = known.get(seenAs);
  if (text === undefined) {
    const object = view();
    text = object === undefined ? 'null' : encodeJsonText(object);
    known.set(seenAs, text);
  }
  return text;
}

/** Group, version, kind and resource as a review names them. */
export function subjectOf({ definition }: ServedResource, { form }: AdmissionAttributes): ReviewSubject {
  const { group, version, kind, resource } = definition;
  return { kind: form?.kind ?? { group, version, kind }, resource: { group, version, resource } };
}

function kindOf({ group, version, kind }: ReviewSubject['kind']): { apiVersion: string; kind: string } {
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind };
}

/** Identity and history of an object, which no webhook may change. */
const systemFields = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'managedFields',
] as const;

function replaceContents(object: Unstructured, next: Unstructured): void {
  const before: ObjectMeta = object.metadata;
  const { metadata } = next;
  for (const field of systemFields) {
    if (before[field] === undefined) delete metadata[field];
    // Field by field the types agree, which the compiler can't see through a union of names.
    else Object.assign(metadata, { [field]: before[field] });
  }
  for (const name of Object.keys(object)) if (!(name in next)) Reflect.deleteProperty(object, name);
  Object.assign(object, next);
}
