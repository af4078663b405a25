/**
 * The decoded forms of the objects that were used last, bounded by the bytes that they were decoded from.
 *
 * What a write leaves behind is only kept for a moment, unless somebody asks for it: most objects are never looked at
 * again, and thousands of them that live just long enough to grow old are what a garbage collector is slowest with.
 */
import { decodeJson, type Unstructured } from '@kindred/machinery';

/** Anything with the served bytes of an object. */
interface Encoded {
  readonly bytes: Uint8Array;
}

/** Written objects that nobody has asked for yet are kept while fewer than this many others have come. */
const keptAfterWrite = 64;

/** Least recently used goes first. Decoded objects are shared: nobody may change them. */
export class DecodedObjects {
  readonly #maxBytes: number;
  readonly #objects = new Map<Encoded, Unstructured>();
  readonly #written = new Map<Encoded, Unstructured>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(encoded: Encoded): Unstructured {
    const known = this.#objects.get(encoded);
    if (known !== undefined) {
      this.#objects.delete(encoded);
      this.#objects.set(encoded, known);
      return known;
    }
    const written = this.#written.get(encoded);
    this.#written.delete(encoded);
    const object = written ?? decodeObject(encoded.bytes);
    this.#keep(encoded, object);
    return object;
  }

  /** Spares a `get` that soon follows the decoding. */
  add(encoded: Encoded, object: Unstructured): void {
    if (this.#objects.has(encoded)) return;
    this.#written.set(encoded, object);
    if (this.#written.size <= keptAfterWrite) return;
    for (const oldest of this.#written.keys()) {
      this.#written.delete(oldest);
      break;
    }
  }

  delete(encoded: Encoded): void {
    this.#written.delete(encoded);
    if (this.#objects.delete(encoded)) this.#bytes -= encoded.bytes.byteLength;
  }

  #keep(encoded: Encoded, object: Unstructured): void {
    this.#objects.set(encoded, object);
    this.#bytes += encoded.bytes.byteLength;
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }
}

/** A decoded object that belongs to the caller. */
export function decodeObject(bytes: Uint8Array): Unstructured {
  // What is in the store was written by `encodeStored`, so it has an object's shape.
  return decodeJson(bytes).value as Unstructured;
}
