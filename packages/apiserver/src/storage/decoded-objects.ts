/**
 * The decoded forms of the objects that were used last, bounded by the bytes that they were decoded from.
 *
 * What a write leaves behind is only kept for a moment, unless somebody asks for it: most objects are never looked at
 * again, and thousands of them that live just long enough to grow old are what a garbage collector is slowest with.
 * Each object holds its own form, and lists hold the objects: a Map through which objects only pass keeps them all alive
 * until the next full collection, since V8 chains its old tables, with what was in them, to the new ones.
 */
import { decodeJson, type ObjectMeta, type Unstructured } from '@kindred/machinery';
import { metadataBytes } from './object-bytes.ts';

/** The decoded form of an object while it is at hand. */
export interface DecodedForm {
  readonly object: Unstructured;
  /** Its place among those that are kept; -1 for what a write has left. */
  slot: number;
  /** Asked for since it was last a candidate to go. */
  isUsed: boolean;
}

/** Anything with the served bytes of an object. DecodedObjects alone sets `form`. */
export interface Decodable {
  readonly bytes: Uint8Array;
  form: DecodedForm | undefined;
}

/** The one that waits longest goes first, unless it was used meanwhile. Decoded objects are shared: nobody may change them. */
export class DecodedObjects {
  readonly #maxBytes: number;
  readonly #later: (run: () => void) => void;
  /** Those that are kept, in the order in which they are candidates; undefined where one was let go. */
  #kept: (Decodable | undefined)[] = [];
  /** Index in `#kept` of the next candidate. */
  #head = 0;
  #count = 0;
  #bytes = 0;
  #written: Decodable[] = [];

  /** `later` runs a function in a later turn of the event loop. */
  constructor(maxBytes: number, later: (run: () => void) => void = setImmediate) {
    this.#maxBytes = maxBytes;
    this.#later = later;
  }

  get(of: Decodable): Unstructured {
    const form = (of.form ??= { object: decodeObject(of.bytes), slot: -1, isUsed: false });
    if (form.slot < 0) this.#keep(of, form);
    else form.isUsed = true;
    return form.object;
  }

  /** The object if it is at hand; asking keeps nothing. */
  peek({ form }: Decodable): Unstructured | undefined {
    return form?.object;
  }

  /** Spares a `get` that soon follows the decoding: one of the watches, which hear of the write in the next turn. */
  add(of: Decodable, object: Unstructured): void {
    if (of.form !== undefined) return;
    of.form = { object, slot: -1, isUsed: false };
    if (this.#written.length === 0) this.#later(() => this.#later(() => this.#forgetWritten()));
    this.#written.push(of);
  }

  delete(of: Decodable): void {
    const { form } = of;
    if (form === undefined) return;
    of.form = undefined;
    if (form.slot < 0) return;
    this.#kept[form.slot] = undefined;
    this.#count--;
    this.#bytes -= of.bytes.byteLength;
  }

  #forgetWritten(): void {
    const written = this.#written;
    this.#written = [];
    for (const of of written) if (of.form?.slot === -1) of.form = undefined;
  }

  #keep(of: Decodable, form: DecodedForm): void {
    this.#append(of, form);
    this.#count++;
    this.#bytes += of.bytes.byteLength;
    while (this.#bytes > this.#maxBytes) this.#letOneGo();
  }

  /** Lets the next candidate go, or stay until its next turn. */
  #letOneGo(): void {
    const of = this.#kept[this.#head];
    this.#kept[this.#head++] = undefined;
    const form = of?.form;
    if (of === undefined || form === undefined) return;
    if (form.isUsed) {
      form.isUsed = false;
      this.#append(of, form);
    } else {
      of.form = undefined;
      this.#count--;
      this.#bytes -= of.bytes.byteLength;
    }
  }

  #append(of: Decodable, form: DecodedForm): void {
    if (this.#kept.length > 2 * this.#count + 64) this.#closeGaps();
    form.slot = this.#kept.length;
    this.#kept.push(of);
  }

  #closeGaps(): void {
    this.#kept = this.#kept.filter((of) => of !== undefined);
    this.#head = 0;
    for (const [slot, of] of this.#kept.entries()) if (of?.form !== undefined) of.form.slot = slot;
  }
}

/** A decoded object that belongs to the caller. */
export function decodeObject(bytes: Uint8Array): Unstructured {
  // What is in the store was written by `encodeStored`, so it has an object's shape.
  return decodeJson(bytes).value as Unstructured;
}

/** The metadata alone, out of the bytes of the whole. */
export function decodeMetadata(bytes: Uint8Array): ObjectMeta {
  return decodeJson(metadataBytes(bytes)).value as ObjectMeta;
}
