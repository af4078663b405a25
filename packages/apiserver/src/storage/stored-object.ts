/**
 * One version of an object in the API server's memory: the bytes that are served, and what selectors need of it, found
 * when first asked for and kept.
 */
import type { ObjectMeta, Unstructured } from '@kindred/machinery';
import {
  type Decodable,
  type DecodedForm,
  type DecodedObjects,
  decodeMetadata,
  decodeObject,
} from './decoded-objects.ts';
import { replaceResourceVersion } from './object-bytes.ts';
import type { ObjectName } from './storage-key.ts';

/** Computes the fields that field selectors may name; see KindDefinition.selectableFields. */
export type FieldExtractor = (object: Unstructured) => Record<string, string>;

const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** What selectors have asked for. Apart from the object, since few objects are ever asked. */
interface AskedFor {
  labels?: Readonly<Record<string, string>>;
  extractor?: FieldExtractor;
  fields?: Readonly<Record<string, string>>;
}

/**
 * Immutable apart from what it remembers. A class, since its derived values are computed on demand; without private methods,
 * which would make each of very many objects larger.
 */
export class StoredObject implements Decodable {
  readonly namespace: string;
  readonly name: string;
  /** The object's resourceVersion. */
  readonly revision: number;
  /** The object's JSON in its storage version with `metadata.resourceVersion` in it: what a GET sends. Never to be changed. */
  readonly bytes: Uint8Array;
  form: DecodedForm | undefined;
  readonly #decoded: DecodedObjects;
  #asked: AskedFor | undefined;

  constructor(at: ObjectName, bytes: Uint8Array, revision: number, decoded: DecodedObjects) {
    this.namespace = at.namespace;
    this.name = at.name;
    this.bytes = bytes;
    this.revision = revision;
    this.form = undefined;
    this.#decoded = decoded;
  }

  /** The object, decoded when first asked for. Shared with everybody who asks: never to be changed, copy it first. */
  get object(): Unstructured {
    return this.#decoded.get(this);
  }

  /** Its metadata, decoded by itself unless the whole object is at hand. Shared as well. */
  get metadata(): ObjectMeta {
    return this.#decoded.peek(this)?.metadata ?? decodeMetadata(this.bytes);
  }

  /** A decoded object of the caller's own. */
  decode(): Unstructured {
    return decodeObject(this.bytes);
  }

  get labels(): Readonly<Record<string, string>> {
    const asked = (this.#asked ??= {});
    asked.labels ??= this.object.metadata.labels ?? noLabels;
    return asked.labels;
  }

  /** Values of the selectable fields, `metadata.name` and `metadata.namespace` among them. */
  fields(extractor: FieldExtractor | undefined): Readonly<Record<string, string>> {
    const names = { 'metadata.name': this.name, 'metadata.namespace': this.namespace };
    if (extractor === undefined) return names;
    const asked = (this.#asked ??= {});
    if (asked.fields === undefined || asked.extractor !== extractor) {
      asked.fields = { ...extractor(this.object), ...names };
      asked.extractor = extractor;
    }
    return asked.fields;
  }

  /** The same object with another resourceVersion: how a DELETED event shows it. */
  at(revision: number): StoredObject {
    return new StoredObject(this, replaceResourceVersion(this.bytes, revision), revision, this.#decoded);
  }

  /** Lets go of the decoded form; it is no longer the newest version. */
  retire(): void {
    this.#decoded.delete(this);
  }
}
