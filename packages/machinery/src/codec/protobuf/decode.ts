/**
 * Decodes Kubernetes' protobuf into the JSON form, driven by the type table.
 *
 * client-go sends every write of a built-in kind this way. Unknown fields are skipped, as Go's reader does; zero values
 * are treated as `zero-values.ts` says.
 */
import type { JsonObject, JsonValue } from '../../object/json.ts';
import { setMember } from '../../object/set-member.ts';
import type { FieldInfo, TypeTable } from '../../types/type-table.ts';
import { DecodeError } from '../decode-error.ts';
import { decodeUtf8 } from '../json.ts';
import { openEnvelope } from './envelope.ts';
import { type MemberField, messagePlan, typeNameOfObject } from './message-plan.ts';
import { type NestedDecoder, specialType } from './special-types.ts';
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT, WireReader } from './wire-reader.ts';
import { isOmittedZero } from './zero-values.ts';

// A schema in a CustomResourceDefinition nests deepest; this is ten times what real ones need.
const MAX_DEPTH = 500;

/**
 * Decodes a body with its envelope. The result has apiVersion and kind, and metadata when the type has any.
 * Throws DecodeError for anything that isn't a message of a known kind.
 */
export function decodeProtobufObject(bytes: Uint8Array, table: TypeTable): JsonObject {
  const { apiVersion, kind, raw } = openEnvelope(bytes);
  const typeName = typeNameOfObject(table, apiVersion, kind);
  const object = new MessageDecoder(table).decode(raw, typeName);
  const hasMetadata = table.get(typeName)?.fields?.['metadata'] !== undefined;
  return { apiVersion, kind, ...(hasMetadata ? { metadata: {} } : {}), ...object };
}

/** Decodes one message of a type, without envelope. */
export function decodeProtobufMessage(bytes: Uint8Array, typeName: string, table: TypeTable): JsonValue | undefined {
  const special = specialType(typeName);
  const decoder = new MessageDecoder(table);
  return special === undefined ? decoder.decode(bytes, typeName) : special.decode(bytes, decoder, typeName);
}

class MessageDecoder implements NestedDecoder {
  readonly #table: TypeTable;
  #depth = 0;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  decode(bytes: Uint8Array, typeName: string): JsonObject {
    if (this.#depth >= MAX_DEPTH)
      throw new DecodeError(`invalid protobuf: messages are nested more than ${MAX_DEPTH} deep`);
    this.#depth++;
    const object: JsonObject = {};
    this.#decodeInto(object, bytes, typeName);
    this.#depth--;
    return object;
  }

  decodeEnvelope(bytes: Uint8Array): JsonValue {
    return decodeProtobufObject(bytes, this.#table);
  }

  #decodeInto(object: JsonObject, bytes: Uint8Array, typeName: string): void {
    const plan = messagePlan(this.#table, typeName);
    const reader = new WireReader(bytes);
    while (!reader.done) {
      const { number, wireType } = reader.readTag();
      const field = plan.get(number);
      if (field === undefined) reader.skip(wireType);
      else if ('inlined' in field) this.#decodeInto(object, reader.readBytes(), field.inlined);
      else this.#readField(object, field, reader, wireType);
    }
  }

  #readField(object: JsonObject, field: MemberField, reader: WireReader, wireType: number): void {
    const { name, info } = field;
    if (info.map === true || info.mapOfArrays === true) this.#readMapEntry(memberObject(object, name), info, reader);
    else if (info.array === true) this.#readItems(memberList(object, name), info, reader, wireType);
    else {
      const value = this.#readValue(info, reader, wireType);
      if (value !== undefined && !isOmittedZero(field.typeName, name, info, value)) object[name] = value;
    }
  }

  #readMapEntry(map: JsonObject, info: FieldInfo, reader: WireReader): void {
    const entry = new WireReader(reader.readBytes());
    let key = '';
    let value: JsonValue | undefined;
    while (!entry.done) {
      const { number, wireType } = entry.readTag();
      if (number === 1) key = decodeUtf8(entry.readBytes());
      else if (number !== 2) entry.skip(wireType);
      else if (info.mapOfArrays === true) value = readStrings(entry.readBytes());
      else value = this.#readValue(info, entry, wireType);
    }
    setMember(map, key, value ?? this.#zeroValue(info));
  }

  #zeroValue(info: FieldInfo): JsonValue {
    if (info.mapOfArrays === true) return [];
    if (info.type === 'string') return '';
    if (info.type === 'integer' || info.type === 'number') return 0;
    if (info.type === 'boolean') return false;
    return this.#readMessage(new Uint8Array(), info.type) ?? null;
  }

  /** One item, or many when numbers are packed. */
  #readItems(list: JsonValue[], info: FieldInfo, reader: WireReader, wireType: number): void {
    const isPacked = wireType === WIRE_BYTES && (info.type === 'integer' || info.type === 'boolean');
    if (!isPacked) {
      list.push(this.#readValue(info, reader, wireType) ?? null);
      return;
    }
    const packed = new WireReader(reader.readBytes());
    while (!packed.done) list.push(this.#readValue(info, packed, WIRE_VARINT) ?? null);
  }

  #readValue(info: FieldInfo, reader: WireReader, wireType: number): JsonValue | undefined {
    switch (info.type) {
      case 'string':
        expectWireType(wireType, WIRE_BYTES);
        return info.format === 'byte' ? base64(reader.readBytes()) : decodeUtf8(reader.readBytes());
      case 'integer':
        expectWireType(wireType, WIRE_VARINT);
        return reader.readInteger();
      case 'boolean':
        expectWireType(wireType, WIRE_VARINT);
        return Number(reader.readVarint()) !== 0;
      case 'number':
        expectWireType(wireType, WIRE_FIXED64);
        return reader.readDouble();
      default:
        expectWireType(wireType, WIRE_BYTES);
        return this.#readMessage(reader.readBytes(), info.type);
    }
  }

  #readMessage(bytes: Uint8Array, typeName: string): JsonValue | undefined {
    const special = specialType(typeName);
    return special === undefined ? this.decode(bytes, typeName) : special.decode(bytes, this, typeName);
  }
}

function expectWireType(found: number, expected: number): void {
  if (found !== expected) throw new DecodeError(`invalid protobuf: found wire type ${found}, expected ${expected}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The items of a message `{ repeated string items = 1 }`. */
function readStrings(bytes: Uint8Array): string[] {
  const reader = new WireReader(bytes);
  const items: string[] = [];
  while (!reader.done) {
    const { number, wireType } = reader.readTag();
    if (number === 1 && wireType === WIRE_BYTES) items.push(decodeUtf8(reader.readBytes()));
    else reader.skip(wireType);
  }
  return items;
}

function memberObject(object: JsonObject, name: string): JsonObject {
  const known = object[name];
  if (typeof known === 'object' && known !== null && !Array.isArray(known)) return known;
  const made: JsonObject = {};
  object[name] = made;
  return made;
}

function memberList(object: JsonObject, name: string): JsonValue[] {
  const known = object[name];
  if (Array.isArray(known)) return known;
  const made: JsonValue[] = [];
  object[name] = made;
  return made;
}
