/**
 * Reads the protobuf wire format: tags, varints, length-delimited parts (protobuf.dev, "Encoding").
 */
import { DecodeError } from '../decode-error.ts';

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/** A position in a message. Every read throws DecodeError when the bytes end too early or make no sense. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** Field number and wire type of the next field. */
  readTag(): { number: number; wireType: number } {
    const tag = Number(this.readVarint());
    const number = Math.floor(tag / 8);
    if (number < 1) throw this.#fault(`field number ${number}`);
    return { number, wireType: tag % 8 };
  }

  /** An unsigned varint: a number while it is small, else a bigint of 64 bits. */
  readVarint(): number | bigint {
    let value = 0;
    let scale = 1;
    const start = this.#at;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.#readLongVarint(start);
  }

  #readLongVarint(start: number): bigint {
    this.#at = start;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw this.#fault('a varint of more than 10 bytes');
  }

  /** A signed integer of 32 or 64 bits: a bigint only when a number can't hold it exactly. */
  readInteger(): number | bigint {
    const unsigned = this.readVarint();
    if (typeof unsigned === 'number') return unsigned;
    const signed = BigInt.asIntN(64, unsigned);
    const value = Number(signed);
    return Number.isSafeInteger(value) ? value : signed;
  }

  readDouble(): number {
    const start = this.#advance(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, 8).getFloat64(0, true);
  }

  /** A length-delimited part, not copied. */
  readBytes(): Uint8Array {
    const length = Number(this.readVarint());
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(wireType: number): void {
    if (wireType === WIRE_VARINT) this.readVarint();
    else if (wireType === WIRE_FIXED64) this.#advance(8);
    else if (wireType === WIRE_BYTES) this.readBytes();
    else if (wireType === WIRE_FIXED32) this.#advance(4);
    else throw this.#fault(`wire type ${wireType}`);
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    if (byte === undefined) throw this.#fault('the end');
    this.#at++;
    return byte;
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw this.#fault('the end');
    this.#at = start + length;
    return start;
  }

  #fault(found: string): DecodeError {
    return new DecodeError(`invalid protobuf: found ${found} at offset ${this.#at} of a message`, { offset: this.#at });
  }
}
