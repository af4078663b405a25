/**
 * The protobuf form of an OpenAPI v2 document: `openapi.v2.Document` of the gnostic project, the only one that kubectl
 * takes.
 *
 * Only the members that API servers use are written. Extensions and other free values travel as YAML text, for which
 * JSON is good enough.
 */
import type { OpenApiObject, OpenApiValue } from './served-kind.ts';

/** What clients accept. The `@` makes it no valid media type, so answers name the type without it. */
export const openApiV2AcceptType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** The Content-Type of the answer. */
export const openApiV2ContentType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** How the members of a message are written: member → field number and kind. */
type Plan = Readonly<Record<string, readonly [number, Encode]>>;

type Encode = (number: number, value: OpenApiValue, out: Uint8Array[]) => void;

/** The document's bytes. */
export function encodeOpenApiV2(document: OpenApiObject): Uint8Array {
  return message(documentPlan, document);
}

const text: Encode = (number, value, out) => {
  if (typeof value === 'string') writeBytes(number, Buffer.from(value), out);
};

const flag: Encode = (number, value, out) => {
  if (value === true) out.push(varint(number * 8), varint(1));
};

const integer: Encode = (number, value, out) => {
  if (typeof value === 'number' || typeof value === 'bigint') out.push(varint(number * 8), varint(value));
};

const double: Encode = (number, value, out) => {
  if (typeof value !== 'number' && typeof value !== 'bigint') return;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  out.push(varint(number * 8 + 1), bytes);
};

/** `Any`: the value as YAML text. */
const any: Encode = (number, value, out) => writeBytes(number, anyBytes(value), out);

function repeated(encode: Encode): Encode {
  return (number, value, out) => {
    if (Array.isArray(value)) for (const element of value) encode(number, element, out);
  };
}

function nested(plan: () => Plan, extensions?: number): Encode {
  return (number, value, out) => writeBytes(number, message(plan(), asObject(value), extensions), out);
}

/** A map as a message with `{ name = 1; value = 2 }` entries in the given field. */
function named(entryField: number, encode: Encode): Encode {
  return (number, value, out) => {
    const entries: Uint8Array[] = [];
    writeEntries(entryField, Object.entries(asObject(value)), encode, entries);
    writeBytes(number, Buffer.concat(entries), out);
  };
}

function writeEntries(
  field: number,
  entries: readonly (readonly [string, OpenApiValue | undefined])[],
  encode: Encode,
  out: Uint8Array[],
): void {
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    const entry: Uint8Array[] = [];
    text(1, name, entry);
    encode(2, value, entry);
    writeBytes(field, Buffer.concat(entry), out);
  }
}

const schema: Encode = nested(() => schemaPlan, 31);

/** A message whose only field holds what is given. */
function wrapped(encode: Encode): Encode {
  return (number, value, out) => {
    const inner: Uint8Array[] = [];
    encode(1, value, inner);
    writeBytes(number, Buffer.concat(inner), out);
  };
}

const additionalProperties: Encode = (number, value, out) => {
  const inner: Uint8Array[] = [];
  if (typeof value === 'boolean') inner.push(varint(2 * 8), varint(value ? 1 : 0));
  else schema(1, value, inner);
  writeBytes(number, Buffer.concat(inner), out);
};

const schemaPlan: Plan = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, any],
  multipleOf: [6, double],
  maximum: [7, double],
  exclusiveMaximum: [8, flag],
  minimum: [9, double],
  exclusiveMinimum: [10, flag],
  maxLength: [11, integer],
  minLength: [12, integer],
  pattern: [13, text],
  maxItems: [14, integer],
  minItems: [15, integer],
  uniqueItems: [16, flag],
  maxProperties: [17, integer],
  minProperties: [18, integer],
  required: [19, repeated(text)],
  enum: [20, repeated(any)],
  additionalProperties: [21, additionalProperties],
  type: [22, wrapped(text)],
  items: [23, wrapped(schema)],
  properties: [25, named(1, schema)],
};

const bodyParameterPlan: Plan = {
  description: [1, text],
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
};

const queryParameterPlan: Plan = {
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [6, text],
  uniqueItems: [20, flag],
};

const pathParameterPlan: Plan = {
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [5, text],
  uniqueItems: [19, flag],
};

/** ParametersItem → Parameter → BodyParameter, or NonBodyParameter → query or path parameter. */
const parameter: Encode = (number, value, out) => {
  const place = asObject(value)['in'];
  if (place === 'body') return wrapped(wrapped(nested(() => bodyParameterPlan)))(number, value, out);
  const nonBody: Uint8Array[] = [];
  if (place === 'path') nested(() => pathParameterPlan)(4, value, nonBody);
  else nested(() => queryParameterPlan)(3, value, nonBody);
  const holder: Uint8Array[] = [];
  writeBytes(2, Buffer.concat(nonBody), holder);
  const item: Uint8Array[] = [];
  writeBytes(1, Buffer.concat(holder), item);
  writeBytes(number, Buffer.concat(item), out);
};

const responsePlan: Plan = { description: [1, text], schema: [2, wrapped(schema)] };

const operationPlan: Plan = {
  tags: [1, repeated(text)],
  description: [3, text],
  operationId: [5, text],
  produces: [6, repeated(text)],
  consumes: [7, repeated(text)],
  parameters: [8, repeated(parameter)],
  responses: [9, named(1, wrapped(nested(() => responsePlan)))],
};

const operation: Encode = nested(() => operationPlan, 13);

const pathItemPlan: Plan = {
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, repeated(parameter)],
};

const documentPlan: Plan = {
  swagger: [1, text],
  info: [2, nested(() => ({ title: [1, text], version: [2, text] }))],
  paths: [
    8,
    named(
      2,
      nested(() => pathItemPlan),
    ),
  ],
  definitions: [9, named(1, schema)],
};

/** One message; members that start with `x-` go to the field for extensions. */
function message(plan: Plan, value: OpenApiObject, extensions?: number): Buffer {
  const out: Uint8Array[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const [number, encode] = Object.hasOwn(plan, name) ? (plan[name] ?? []) : [];
    if (number !== undefined && encode !== undefined) encode(number, member, out);
    else if (extensions !== undefined && name.startsWith('x-')) writeEntries(extensions, [[name, member]], any, out);
  }
  return Buffer.concat(out);
}

function anyBytes(value: OpenApiValue): Buffer {
  const out: Uint8Array[] = [];
  const yaml = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? Number(member) : member));
  text(2, `${yaml}\n`, out);
  return Buffer.concat(out);
}

function writeBytes(number: number, bytes: Uint8Array, out: Uint8Array[]): void {
  out.push(varint(number * 8 + 2), varint(bytes.length), bytes);
}

/** Lengths and field numbers, nearly all of which are one byte or two. */
const oneByte: readonly Uint8Array[] = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value));

function varint(value: number | bigint): Uint8Array {
  const short = typeof value === 'number' && value >= 0 && value < 0x4000 && Number.isInteger(value);
  if (short) return oneByte[value] ?? Uint8Array.of((value & 0x7f) | 0x80, value >> 7);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function asObject(value: OpenApiValue): OpenApiObject {
  // An object that is neither null nor a list is an OpenApiObject.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as OpenApiObject) : {};
}
