/**
 * The part of the v2 document that another server describes. Its definitions may have the names of others and say something
 * else: then they get another name, as upstream's aggregator gives them (`…_v2`), and what refers to them follows.
 */
import { createOpenApiV2, type OpenApiObject, type OpenApiValue } from '@kindred/schema';
import { entriesOf, type Member, member, type OpenApiV2Part } from './openapi-v2-part.ts';

const prefix = '#/definitions/';

/** From the v3 document of a group and version; `others` are the parts whose names are taken. */
export function makeForeignPart(
  hash: string,
  described: OpenApiObject,
  others: readonly OpenApiV2Part[],
): OpenApiV2Part {
  const document = createOpenApiV2([described]);
  const definitions = entriesOf(document['definitions']);
  const taken = (name: string): Member | undefined =>
    others.map((part) => part.definitions.get(name)).find((found) => found !== undefined);
  const renamed = new Map<string, string>();
  for (const [name, value] of definitions) {
    const there = taken(name);
    if (there !== undefined && there.json !== member('definitions', name, value).json) {
      renamed.set(
        name,
        freeName(name, (candidate) => taken(candidate) !== undefined),
      );
    }
  }
  const paths = new Set(others.flatMap((part) => part.paths.map(({ json }) => nameIn(json))));
  return {
    hash,
    paths: entriesOf(document['paths'])
      .filter(([name]) => !paths.has(name))
      .map(([name, value]) => member('paths', name, withNames(value, renamed))),
    definitions: new Map(
      definitions.map(([name, value]) => {
        const own = renamed.get(name) ?? name;
        return [own, member('definitions', own, withNames(value, renamed))];
      }),
    ),
  };
}

function freeName(name: string, isTaken: (candidate: string) => boolean): string {
  for (let number = 2; ; number++) {
    const candidate = `${name}_v${number}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** `"name":{…}` */
function nameIn(json: string): unknown {
  return JSON.parse(json.slice(0, json.indexOf('":') + 1));
}

function withNames(value: OpenApiValue, renamed: ReadonlyMap<string, string>): OpenApiValue {
  if (renamed.size === 0 || typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => withNames(item, renamed));
  return Object.fromEntries(
    entriesOf(value).map(([name, each]) => {
      const reference = name === '$ref' && typeof each === 'string' && each.startsWith(prefix) ? each : undefined;
      const target = reference === undefined ? undefined : renamed.get(reference.slice(prefix.length));
      return [name, target === undefined ? withNames(each, renamed) : `${prefix}${target}`];
    }),
  );
}

function isList(value: object): value is readonly OpenApiValue[] {
  return Array.isArray(value);
}
