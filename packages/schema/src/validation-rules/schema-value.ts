/**
 * Values that expressions see of an object: JSON read by its structural schema. Integers are int, numbers double, strings
 * of some formats timestamps, durations or bytes; lists of type set and map compare without regard to order.
 *
 * A converter is made once for each node of the schema; objects and lists are converted as far as they are looked into.
 */
import {
  bytes,
  type ListMerge,
  lazyList,
  type MapValue,
  parseDurationText,
  parseTimestamp,
  type Value,
  valueOfJson,
} from '@kindred/cel';
import { isJsonObject, type JsonObject } from '@kindred/machinery';
import { childOf, type LazySchema, type StructuralSchema } from '../structural/structural-schema.ts';
import { escapedPropertyName } from './property-names.ts';

export type Convert = (json: unknown) => Value;

/** The converter for values of the schema. A resource shows of its metadata the names only. */
export function converterOf(schema: StructuralSchema, isResource: boolean): Convert {
  const convert = ofType(schema, isResource);
  return (json) => (json === null || json === undefined ? null : convert(json));
}

function ofType(schema: StructuralSchema, isResource: boolean): Convert {
  const { source } = schema;
  if (source['x-kubernetes-int-or-string'] === true) return valueOfJson;
  switch (source.type) {
    case 'number':
      return (json) => (typeof json === 'number' || typeof json === 'bigint' ? Number(json) : valueOfJson(json));
    case 'string':
      return ofFormat(source.format);
    case 'array':
      return ofItems(schema);
    case 'object':
      return schema.additional === undefined ? ofProperties(schema, isResource) : ofMap(schema.additional);
    default:
      return valueOfJson;
  }
}

function ofFormat(format: string | undefined): Convert {
  const textOr = (read: (text: string) => Value | undefined): Convert => {
    return (json) => (typeof json === 'string' ? (read(json) ?? json) : valueOfJson(json));
  };
  switch (format) {
    case 'byte':
      return textOr((text) => bytes(Buffer.from(text, 'base64')));
    case 'duration':
      return textOr(parseDurationText);
    case 'date':
      return textOr((text) => parseTimestamp(`${text}T00:00:00Z`));
    case 'date-time':
      return textOr(parseTimestamp);
    default:
      return valueOfJson;
  }
}

/** Children are converted by converters that are made when the first value comes. */
function later(lazy: LazySchema): Convert {
  let convert: Convert | undefined;
  return (json) => {
    if (convert === undefined) {
      const child = childOf(lazy);
      convert = child === undefined ? valueOfJson : converterOf(child, child.embeddedResource);
    }
    return convert(json);
  };
}

function ofItems(schema: StructuralSchema): Convert {
  const convert = schema.items === undefined ? valueOfJson : later(schema.items);
  const merge = mergeOf(schema);
  return (json) => (Array.isArray(json) ? lazyList(() => json.map(convert), merge) : valueOfJson(json));
}

function mergeOf({ listType, listMapKeys }: StructuralSchema): ListMerge | undefined {
  if (listType === 'set') return { type: 'set' };
  if (listType !== 'map') return undefined;
  return { type: 'map', keys: listMapKeys.map((key) => escapedPropertyName(key) ?? key) };
}

function ofMap(additional: LazySchema): Convert {
  const convert = later(additional);
  return (json) => (isJsonObject(json) ? new AdditionalMembers(json, convert) : valueOfJson(json));
}

interface Member {
  readonly name: string;
  readonly convert: Convert;
}

function ofProperties(schema: StructuralSchema, isResource: boolean): Convert {
  const members = new Map<string, Member>();
  for (const [name, lazy] of schema.properties) {
    const escaped = escapedPropertyName(name);
    if (escaped !== undefined) members.set(escaped, { name, convert: later(lazy) });
  }
  if (isResource) {
    for (const name of ['apiVersion', 'kind']) members.set(name, { name, convert: valueOfJson });
    const names = new Map(['name', 'generateName'].map((name) => [name, { name, convert: valueOfJson }]));
    members.set('metadata', {
      name: 'metadata',
      convert: (json) => (isJsonObject(json) ? new DeclaredMembers(json, names) : null),
    });
  }
  return (json) => (isJsonObject(json) ? new DeclaredMembers(json, members) : valueOfJson(json));
}

// Classes, since object literals with accessors are many times slower to make.
class DeclaredMembers implements MapValue {
  readonly kind = 'map';
  readonly typeName = 'object';
  readonly #object: JsonObject;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(object: JsonObject, members: ReadonlyMap<string, Member>) {
    this.#object = object;
    this.#members = members;
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: Value): Value | undefined {
    const member = typeof key === 'string' ? this.#members.get(key) : undefined;
    if (member === undefined || !Object.hasOwn(this.#object, member.name)) return undefined;
    const json = this.#object[member.name];
    return json === undefined ? undefined : member.convert(json);
  }

  keys(): readonly string[] {
    return [...this.#members].filter(([, { name }]) => Object.hasOwn(this.#object, name)).map(([key]) => key);
  }
}

class AdditionalMembers implements MapValue {
  readonly kind = 'map';
  readonly #object: JsonObject;
  readonly #convert: Convert;

  constructor(object: JsonObject, convert: Convert) {
    this.#object = object;
    this.#convert = convert;
  }

  get size(): number {
    return Object.keys(this.#object).length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#object, key)) return undefined;
    const json = this.#object[key];
    return json === undefined ? undefined : this.#convert(json);
  }

  keys(): readonly string[] {
    return Object.keys(this.#object);
  }
}
