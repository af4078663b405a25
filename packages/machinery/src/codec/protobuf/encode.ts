/**
 * Encodes the JSON form as Kubernetes' protobuf, driven by the type table. Fields that the table doesn't know are left
 * out, since protobuf has no place for them.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../object/json.ts';
import type { FieldInfo, TypeTable } from '../../types/type-table.ts';
import { DecodeError } from '../decode-error.ts';
import { sealEnvelope } from './envelope.ts';
import { messagePlan, typeNameOfObject } from './message-plan.ts';
import { expectText, type NestedEncoder, specialType } from './special-types.ts';
import { WireWriter } from './wire-writer.ts';

/** Encodes an object with its envelope. Throws DecodeError when the kind is unknown or a value doesn't fit its field. */
export function encodeProtobufObject(object: JsonObject, table: TypeTable): Buffer {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new DecodeError('apiVersion and kind must be set');
  const typeName = typeNameOfObject(table, apiVersion, kind);
  return sealEnvelope({ apiVersion, kind, raw: encodeProtobufMessage(object, typeName, table) });
}

/** Encodes one message of a type, without envelope. */
export function encodeProtobufMessage(value: JsonValue, typeName: string, table: TypeTable): Uint8Array {
  const nested: NestedEncoder = (member, memberType) => encodeProtobufMessage(member, memberType, table);
  const special = specialType(typeName);
  if (special !== undefined) return special.encode(value, nested, typeName);
  if (!isJsonObject(value)) throw new DecodeError(`${typeName} must be an object`);
  const writer = new WireWriter();
  writeMessage(writer, value, typeName, table);
  return writer.finish();
}

function writeMessage(writer: WireWriter, object: JsonObject, typeName: string, table: TypeTable): void {
  for (const field of messagePlan(table, typeName).values()) {
    if ('inlined' in field) {
      const inner = new WireWriter();
      writeMessage(inner, object, field.inlined, table);
      writer.bytes(field.n, inner.finish());
      continue;
    }
    const value = object[field.name];
    if (value !== undefined && value !== null) writeField(writer, field.n, field.info, value, table);
  }
}

function writeField(writer: WireWriter, n: number, info: FieldInfo, value: JsonValue, table: TypeTable): void {
  if (info.map === true || info.mapOfArrays === true) {
    if (!isJsonObject(value)) throw new DecodeError(`field ${n} must be a map`);
    for (const [key, member] of Object.entries(value)) writer.bytes(n, mapEntry(key, member, info, table));
  } else if (info.array === true) {
    if (!Array.isArray(value)) throw new DecodeError(`field ${n} must be a list`);
    for (const item of value) writeValue(writer, n, info, item, table);
  } else writeValue(writer, n, info, value, table);
}

function mapEntry(key: string, value: JsonValue, info: FieldInfo, table: TypeTable): Uint8Array {
  const entry = new WireWriter();
  entry.text(1, key);
  if (info.mapOfArrays === true) {
    const items = new WireWriter();
    for (const item of Array.isArray(value) ? value : []) items.text(1, expectText(item));
    entry.bytes(2, items.finish());
  } else writeValue(entry, 2, info, value, table);
  return entry.finish();
}

function writeValue(writer: WireWriter, n: number, info: FieldInfo, value: JsonValue, table: TypeTable): void {
  if (info.type === 'string' && typeof value === 'string') {
    writer.bytes(n, Buffer.from(value, info.format === 'byte' ? 'base64' : 'utf8'));
  } else if (info.type === 'integer' && (typeof value === 'number' || typeof value === 'bigint')) {
    writer.integer(n, value);
  } else if (info.type === 'boolean' && typeof value === 'boolean') writer.integer(n, value);
  else if (info.type === 'number' && typeof value === 'number') writer.double(n, value);
  else if (['string', 'integer', 'boolean', 'number'].includes(info.type)) {
    throw new DecodeError(`field ${n} must be of type ${info.type}`);
  } else writer.bytes(n, encodeProtobufMessage(value, info.type, table));
}
