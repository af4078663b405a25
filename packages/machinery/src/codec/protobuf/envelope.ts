/**
 * The envelope of Kubernetes' protobuf: four bytes `k8s\0`, then a `runtime.Unknown` that names the type and holds the
 * message (`k8s.io/apimachinery/pkg/runtime/serializer/protobuf`).
 */
import { DecodeError } from '../decode-error.ts';
import { decodeUtf8 } from '../json.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The message of that kind. */
  readonly raw: Uint8Array;
  readonly contentType: string;
}

/** True when bytes begin as an envelope does. */
export function isEnvelope(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/** Opens an envelope. Throws DecodeError. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (!isEnvelope(bytes)) {
    throw new DecodeError('invalid protobuf: a Kubernetes protobuf body begins with the bytes 6b 38 73 00', {
      offset: 0,
    });
  }
  const parts = readParts(bytes.subarray(MAGIC.length));
  if ((parts.get(3)?.length ?? 0) > 0) throw new DecodeError('invalid protobuf: an encoded envelope is not supported');
  const typeMeta = readParts(parts.get(1) ?? new Uint8Array());
  return {
    apiVersion: textOf(typeMeta.get(1)),
    kind: textOf(typeMeta.get(2)),
    raw: parts.get(2) ?? new Uint8Array(),
    contentType: textOf(parts.get(4)),
  };
}

/** Wraps a message. */
export function sealEnvelope({ apiVersion, kind, raw }: Omit<Envelope, 'contentType'>): Buffer {
  const typeMeta = new WireWriter();
  typeMeta.text(1, apiVersion);
  typeMeta.text(2, kind);
  const unknown = new WireWriter();
  unknown.bytes(1, typeMeta.finish());
  unknown.bytes(2, raw);
  unknown.text(3, '');
  unknown.text(4, '');
  return Buffer.concat([MAGIC, unknown.finish()]);
}

/** The length-delimited fields of a message by number. */
function readParts(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = new WireReader(bytes);
  const parts = new Map<number, Uint8Array>();
  while (!reader.done) {
    const { number, wireType } = reader.readTag();
    if (wireType === 2) parts.set(number, reader.readBytes());
    else reader.skip(wireType);
  }
  return parts;
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : decodeUtf8(bytes);
}
