/** The decoded forms of the objects that were used last, bounded by the bytes that they were decoded from. */
import { decodeJson, type Unstructured } from '@kindred/machinery';

/** Anything with the served bytes of an object. */
interface Encoded {
  readonly bytes: Uint8Array;
}

/** Least recently used goes first. Decoded objects are shared: nobody may change them. */
export class DecodedObjects {
  readonly #maxBytes: number;
  readonly #objects = new Map<Encoded, Unstructured>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(encoded: Encoded): Unstructured {
    const known = this.#objects.get(encoded);
    if (known === undefined) {
      const object = decodeObject(encoded.bytes);
      this.add(encoded, object);
      return object;
    }
    this.#objects.delete(encoded);
    this.#objects.set(encoded, known);
    return known;
  }

  /** Spares a later `get` the decoding. */
  add(encoded: Encoded, object: Unstructured): void {
    if (this.#objects.has(encoded)) return;
    this.#objects.set(encoded, object);
    this.#bytes += encoded.bytes.byteLength;
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(encoded: Encoded): void {
    if (this.#objects.delete(encoded)) this.#bytes -= encoded.bytes.byteLength;
  }
}

/** A decoded object that belongs to the caller. */
export function decodeObject(bytes: Uint8Array): Unstructured {
  // What is in the store was written by `encodeStored`, so it has an object's shape.
  return decodeJson(bytes).value as Unstructured;
}
