/**
 * Writes the protobuf wire format: the counterpart of `wire-reader.ts`.
 */
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT } from './wire-reader.ts';

/** Collects the fields of one message. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];

  integer(number: number, value: number | bigint | boolean): void {
    this.#tag(number, WIRE_VARINT);
    this.#varint(BigInt.asUintN(64, BigInt(value)));
  }

  double(number: number, value: number): void {
    this.#tag(number, WIRE_FIXED64);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(bytes);
  }

  bytes(number: number, value: Uint8Array): void {
    this.#tag(number, WIRE_BYTES);
    this.#varint(BigInt(value.length));
    this.#parts.push(value);
  }

  text(number: number, value: string): void {
    this.bytes(number, Buffer.from(value));
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #tag(number: number, wireType: number): void {
    this.#varint(BigInt(number * 8 + wireType));
  }

  #varint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.#parts.push(Uint8Array.from(bytes));
  }
}
