/**
 * The decoded forms of the objects that were used last, bounded by the bytes that they were decoded from.
 *
 * What a write leaves behind is only kept for a moment, unless somebody asks for it: most objects are never looked at
 * again, and thousands of them that live just long enough to grow old are what a garbage collector is slowest with.
 */
import { decodeJson, type ObjectMeta, type Unstructured } from '@kindred/machinery';
import { metadataBytes } from './object-bytes.ts';

/** Anything with the served bytes of an object. */
interface Encoded {
  readonly bytes: Uint8Array;
}

/** Least recently used goes first. Decoded objects are shared: nobody may change them. */
export class DecodedObjects {
  readonly #maxBytes: number;
  readonly #objects = new Map<Encoded, Unstructured>();
  readonly #written = new Map<Encoded, Unstructured>();
  readonly #later: (run: () => void) => void;
  #bytes = 0;

  /** `later` runs a function in a later turn of the event loop. */
  constructor(maxBytes: number, later: (run: () => void) => void = setImmediate) {
    this.#maxBytes = maxBytes;
    this.#later = later;
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

  /** The object if it is at hand; asking keeps nothing. */
  peek(encoded: Encoded): Unstructured | undefined {
    return this.#objects.get(encoded) ?? this.#written.get(encoded);
  }

  /** Spares a `get` that soon follows the decoding: one of the watches, which hear of the write in the next turn. */
  add(encoded: Encoded, object: Unstructured): void {
    if (this.#objects.has(encoded)) return;
    if (this.#written.size === 0) this.#later(() => this.#later(() => this.#written.clear()));
    this.#written.set(encoded, object);
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

/** The metadata alone, out of the bytes of the whole. */
export function decodeMetadata(bytes: Uint8Array): ObjectMeta {
  return decodeJson(metadataBytes(bytes)).value as ObjectMeta;
}
