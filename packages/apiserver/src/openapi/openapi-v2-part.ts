/**
 * The part of the OpenAPI v2 document that one group and version contributes, in both encodings.
 *
 * Parts need only be put one after the other: JSON members with commas between them; in protobuf, a message whose bytes
 * are joined is the merged message (Protocol Buffers, "Encoding: last one wins").
 */
import { encodeJsonText } from '@kindred/machinery';
import { createOpenApiV2, encodeOpenApiV2, type OpenApiObject, type OpenApiValue } from '@kindred/schema';

/** One path or definition. */
export interface Member {
  /** `"name":{…}` */
  readonly json: string;
  /** A document that has nothing but this member. */
  readonly protobuf: Uint8Array;
}

export interface OpenApiV2Part {
  readonly hash: string;
  readonly paths: readonly Member[];
  /** By name; several parts have the same ones, which share their bytes. */
  readonly definitions: ReadonlyMap<string, Member>;
}

export type OpenApiV2Encoding = 'json' | 'protobuf';

/** Makes parts; definitions that were in an earlier part aren't encoded again. */
export class OpenApiV2Parts {
  readonly #known = new Map<string, Member>();

  /** From a group and version's v3 document. */
  make(hash: string, described: OpenApiObject): OpenApiV2Part {
    const document = createOpenApiV2([described]);
    return {
      hash,
      paths: entriesOf(document['paths']).map(([name, value]) => member('paths', name, value)),
      definitions: new Map(
        entriesOf(document['definitions']).map(([name, value]) => [name, this.#shared(name, value)]),
      ),
    };
  }

  /** Forgets definitions that none of the parts has. */
  keepOnly(parts: Iterable<OpenApiV2Part>): void {
    const kept = new Set([...parts].flatMap(({ definitions }) => [...definitions.keys()]));
    for (const name of this.#known.keys()) if (!kept.has(name)) this.#known.delete(name);
  }

  #shared(name: string, value: OpenApiValue): Member {
    const json = jsonOf(name, value);
    const known = this.#known.get(name);
    if (known?.json === json) return known;
    const made = member('definitions', name, value);
    this.#known.set(name, made);
    return made;
  }
}

/** The whole document. */
export function joinOpenApiV2(
  parts: readonly OpenApiV2Part[],
  info: OpenApiObject,
  encoding: OpenApiV2Encoding,
): Uint8Array {
  const paths = parts.flatMap((part) => part.paths);
  const definitions = new Map<string, Member>();
  for (const part of parts) {
    for (const [name, definition] of part.definitions) if (!definitions.has(name)) definitions.set(name, definition);
  }
  if (encoding === 'protobuf') {
    const head = encodeOpenApiV2({ swagger: '2.0', info });
    return Buffer.concat([head, ...[...paths, ...definitions.values()].map(({ protobuf }) => protobuf)]);
  }
  const members = (of: Iterable<Member>): string => [...of].map(({ json }) => json).join(',');
  return Buffer.from(
    `{"swagger":"2.0","info":${encodeJsonText(info)},"paths":{${members(paths)}},` +
      `"definitions":{${members(definitions.values())}}}`,
  );
}

export function member(field: 'paths' | 'definitions', name: string, value: OpenApiValue): Member {
  return { json: jsonOf(name, value), protobuf: encodeOpenApiV2({ [field]: { [name]: value } }) };
}

function jsonOf(name: string, value: OpenApiValue): string {
  return `${JSON.stringify(name)}:${encodeJsonText(value)}`;
}

export function entriesOf(value: OpenApiValue | undefined): [string, OpenApiValue][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, OpenApiValue] => entry[1] !== undefined);
}
