/**
 * Types whose JSON form is not the object that protobuf carries: times, quantities, texts that may be numbers, raw JSON.
 *
 * `decode` gives undefined for a value that says nothing (a zero time), which is then left out.
 */
import { formatDuration, parseDuration } from '../../object/duration.ts';
import { isJsonObject, type JsonValue } from '../../object/json.ts';
import { formatTime, parseTime } from '../../object/time.ts';
import { formatQuantity, parseQuantity } from '../../quantity/quantity.ts';
import { DecodeError } from '../decode-error.ts';
import { decodeJson, decodeUtf8, encodeJson } from '../json.ts';
import { isEnvelope } from './envelope.ts';
import { WIRE_BYTES, WIRE_VARINT, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** Reads messages of other types, for types that hold such. */
export interface NestedDecoder {
  decode(bytes: Uint8Array, typeName: string): JsonValue;
  /** A body with its own envelope inside raw bytes. */
  decodeEnvelope(bytes: Uint8Array): JsonValue;
}

export type NestedEncoder = (value: JsonValue, typeName: string) => Uint8Array;

export interface SpecialType {
  decode(bytes: Uint8Array, nested: NestedDecoder, typeName: string): JsonValue | undefined;
  encode(value: JsonValue, nested: NestedEncoder, typeName: string): Uint8Array;
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.';

/** The special type of this name, or undefined for an ordinary message. */
export function specialType(typeName: string): SpecialType | undefined {
  return SPECIAL_TYPES.get(typeName);
}

const time: SpecialType = {
  decode(bytes) {
    const { seconds } = readTimestamp(bytes);
    return seconds === undefined ? undefined : formatTime(seconds * 1000);
  },
  encode: (value) => writeTimestamp(expectText(value)),
};

const microTime: SpecialType = {
  decode(bytes) {
    const { seconds, nanos } = readTimestamp(bytes);
    if (seconds === undefined) return undefined;
    const micros = String(Math.trunc(nanos / 1000)).padStart(6, '0');
    return formatTime(seconds * 1000).replace('Z', `.${micros}Z`);
  },
  encode: (value) => writeTimestamp(expectText(value)),
};

function readTimestamp(bytes: Uint8Array): { seconds: number | undefined; nanos: number } {
  const numbers = readIntegers(bytes);
  // Go writes the zero time as an empty message; that of the year 1 is zero too.
  const seconds = bytes.length === 0 ? undefined : Number(numbers.get(1) ?? 0);
  if (seconds !== undefined && Math.abs(seconds) > 8.64e12)
    throw new DecodeError('invalid protobuf: time out of range');
  return { seconds: seconds === -62_135_596_800 ? undefined : seconds, nanos: Number(numbers.get(2) ?? 0) };
}

function writeTimestamp(text: string): Uint8Array {
  const milliseconds = parseTime(text);
  if (milliseconds === undefined) throw new DecodeError(`${JSON.stringify(text)} is not a time`);
  const micros = Math.round(milliseconds * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  const writer = new WireWriter();
  writer.integer(1, seconds);
  writer.integer(2, (micros - seconds * 1_000_000) * 1000);
  return writer.finish();
}

const duration: SpecialType = {
  decode: (bytes) => formatDuration(Number(readIntegers(bytes).get(1) ?? 0) / 1e6),
  encode(value) {
    const writer = new WireWriter();
    writer.integer(1, Math.round((parseDuration(expectText(value)) ?? 0) * 1e6));
    return writer.finish();
  },
};

const quantity: SpecialType = {
  decode(bytes) {
    const text = readBytesField(bytes, 1);
    return text === undefined ? '0' : decodeUtf8(text);
  },
  encode(value) {
    const writer = new WireWriter();
    const text = typeof value === 'number' || typeof value === 'string' ? formatQuantity(parseQuantity(value)) : '0';
    writer.text(1, text);
    return writer.finish();
  },
};

const intOrString: SpecialType = {
  decode(bytes) {
    const numbers = readIntegers(bytes);
    if (Number(numbers.get(1) ?? 0) === 0) return numbers.get(2) ?? 0;
    return decodeUtf8(readBytesField(bytes, 3) ?? new Uint8Array());
  },
  encode(value) {
    const isText = typeof value === 'string';
    const writer = new WireWriter();
    writer.integer(1, isText ? 1 : 0);
    writer.integer(2, isText ? 0 : Number(value));
    writer.text(3, isText ? value : '');
    return writer.finish();
  },
};

/** Raw JSON in field 1: RawExtension, FieldsV1, JSON. */
const rawJson: SpecialType = {
  decode(bytes, nested) {
    const raw = readBytesField(bytes, 1);
    if (raw === undefined || raw.length === 0) return undefined;
    return isEnvelope(raw) ? nested.decodeEnvelope(raw) : decodeJson(raw).value;
  },
  encode(value) {
    const writer = new WireWriter();
    writer.bytes(1, encodeJson(value));
    return writer.finish();
  },
};

/** One schema, or a list of them. */
const schemaOrArray: SpecialType = {
  decode(bytes, nested, typeName) {
    const schemas = readBytesFields(bytes, 2).map((item) => nested.decode(item, schemaName(typeName)));
    if (schemas.length > 0) return schemas;
    const schema = readBytesField(bytes, 1);
    return schema === undefined ? undefined : nested.decode(schema, schemaName(typeName));
  },
  encode(value, nested, typeName) {
    const writer = new WireWriter();
    if (!Array.isArray(value)) writer.bytes(1, nested(value, schemaName(typeName)));
    else for (const item of value) writer.bytes(2, nested(item, schemaName(typeName)));
    return writer.finish();
  },
};

/** A schema, or yes or no. */
const schemaOrBool: SpecialType = {
  decode(bytes, nested, typeName) {
    const schema = readBytesField(bytes, 2);
    if (schema !== undefined) return nested.decode(schema, schemaName(typeName));
    return Number(readIntegers(bytes).get(1) ?? 0) !== 0;
  },
  encode(value, nested, typeName) {
    const writer = new WireWriter();
    writer.integer(1, value !== false);
    if (typeof value !== 'boolean') writer.bytes(2, nested(value, schemaName(typeName)));
    return writer.finish();
  },
};

/** A schema, or a list of property names. */
const schemaOrStringArray: SpecialType = {
  decode(bytes, nested, typeName) {
    const schema = readBytesField(bytes, 1);
    if (schema !== undefined) return nested.decode(schema, schemaName(typeName));
    return readBytesFields(bytes, 2).map(decodeUtf8);
  },
  encode(value, nested, typeName) {
    const writer = new WireWriter();
    if (Array.isArray(value)) for (const name of value) writer.text(2, expectText(name));
    else if (isJsonObject(value)) writer.bytes(1, nested(value, schemaName(typeName)));
    return writer.finish();
  },
};

/** `…JSONSchemaPropsOrBool` → `…JSONSchemaProps`. */
function schemaName(typeName: string): string {
  return typeName.slice(0, typeName.lastIndexOf('Or'));
}

const SPECIAL_TYPES: ReadonlyMap<string, SpecialType> = new Map([
  [`${meta}Time`, time],
  [`${meta}MicroTime`, microTime],
  [`${meta}Duration`, duration],
  [`${meta}FieldsV1`, rawJson],
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', quantity],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', intOrString],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', rawJson],
  ...['v1', 'v1beta1'].flatMap((version): [string, SpecialType][] => [
    [`${extensions}${version}.JSON`, rawJson],
    [`${extensions}${version}.JSONSchemaPropsOrArray`, schemaOrArray],
    [`${extensions}${version}.JSONSchemaPropsOrBool`, schemaOrBool],
    [`${extensions}${version}.JSONSchemaPropsOrStringArray`, schemaOrStringArray],
  ]),
]);

function readIntegers(bytes: Uint8Array): Map<number, number | bigint> {
  const reader = new WireReader(bytes);
  const integers = new Map<number, number | bigint>();
  while (!reader.done) {
    const { number, wireType } = reader.readTag();
    if (wireType === WIRE_VARINT) integers.set(number, reader.readInteger());
    else reader.skip(wireType);
  }
  return integers;
}

function readBytesFields(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new WireReader(bytes);
  const found: Uint8Array[] = [];
  while (!reader.done) {
    const { number, wireType } = reader.readTag();
    if (number === wanted && wireType === WIRE_BYTES) found.push(reader.readBytes());
    else reader.skip(wireType);
  }
  return found;
}

function readBytesField(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  return readBytesFields(bytes, wanted).at(-1);
}

/** The text itself. Throws DecodeError for any other value. */
export function expectText(value: JsonValue): string {
  if (typeof value !== 'string') throw new DecodeError(`expected a string, found ${typeof value}`);
  return value;
}
