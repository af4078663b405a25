/** Reads the keywords of one schema. Whatever has the wrong type is passed over: the metaschema has refused it already. */
import { type GoValue, isMap, sliceItems } from '../go/value.ts';
import { type Decimal, isInteger, toNumber } from './decimal.ts';
import type { Dialect } from './documents.ts';
import { FORMATS } from './formats.ts';
import { decimalOf } from './json-value.ts';
import { compilePattern } from './pattern.ts';
import { escapeToken, locationText } from './pointer.ts';
import type { Format, Pattern, Schema, Written } from './schema.ts';
import { SchemaError } from './schema-error.ts';

export interface KeywordSource {
  readonly written: Written;
  readonly pointer: string;
  readonly url: string;
  readonly dialect: Dialect;
  readonly assertFormats: boolean;
  /** The schema at a pointer of the same document. */
  readonly at: (pointer: string) => Schema;
  /** The schema that a reference leads to. Throws SchemaError. */
  readonly refer: (reference: string) => Schema;
}

/** Throws SchemaError. */
export function readKeywords(schema: Schema, source: KeywordSource): void {
  const { version } = schema;
  const ref = text(source, '$ref');
  if (ref !== undefined) schema.ref = source.refer(ref);
  // Before 2019 a reference hides all that stands beside it.
  if (ref !== undefined && version < 2019) return;
  if (version >= 2019) readReferences(schema, source);
  if (hasVocabulary(source, 'applicator')) {
    readCombinations(schema, source);
    readMembers(schema, source);
    readItems(schema, source);
  }
  if (hasVocabulary(source, version === 2019 ? 'applicator' : 'unevaluated') && version >= 2019) {
    assign(schema, 'unevaluatedItems', inner(source, 'unevaluatedItems'));
    assign(schema, 'unevaluatedProperties', inner(source, 'unevaluatedProperties'));
  }
  if (hasVocabulary(source, 'validation')) {
    readAssertions(schema, source);
    readBounds(schema, source);
  }
  assign(schema, 'format', readFormat(source, version));
}

function readReferences(schema: Schema, source: KeywordSource): void {
  const recursive = text(source, '$recursiveRef');
  if (recursive !== undefined) schema.recursiveRef = source.refer(recursive);
  schema.recursiveAnchor = source.written.get('$recursiveAnchor') === true;
  if (schema.version < 2020) return;
  const dynamic = text(source, '$dynamicRef');
  if (dynamic !== undefined) {
    const fragment = dynamic.includes('#') ? dynamic.slice(dynamic.indexOf('#') + 1) : '';
    schema.dynamicRef = { schema: source.refer(dynamic), anchor: fragment.startsWith('/') ? '' : fragment };
  }
  assign(schema, 'dynamicAnchor', text(source, '$dynamicAnchor'));
}

function readCombinations(schema: Schema, source: KeywordSource): void {
  assign(schema, 'allOf', list(source, 'allOf'));
  assign(schema, 'anyOf', list(source, 'anyOf'));
  assign(schema, 'oneOf', list(source, 'oneOf'));
  assign(schema, 'not', inner(source, 'not'));
  if (schema.version < 7) return;
  assign(schema, 'if', inner(source, 'if'));
  if (schema.if === undefined) return;
  assign(schema, 'then', inner(source, 'then'));
  assign(schema, 'else', inner(source, 'else'));
}

function readMembers(schema: Schema, source: KeywordSource): void {
  const { version } = schema;
  assign(schema, 'properties', members(source, 'properties'));
  const patterns = members(source, 'patternProperties');
  if (patterns !== undefined) {
    schema.patternProperties = [...patterns].map(([pattern, each]) => [
      readPattern(source, 'patternProperties', pattern),
      each,
    ]);
  }
  const additional = source.written.get('additionalProperties');
  assign(
    schema,
    'additionalProperties',
    typeof additional === 'boolean' ? additional : inner(source, 'additionalProperties'),
  );
  const dependencies = source.written.get('dependencies');
  if (isMap(dependencies)) {
    schema.dependencies = new Map(
      [...dependencies].map(([name, value]) => [
        name,
        strings(value) ?? source.at(`${source.pointer}/dependencies/${escapeToken(name)}`),
      ]),
    );
  }
  if (version >= 6) assign(schema, 'propertyNames', inner(source, 'propertyNames'));
  if (version >= 2019) assign(schema, 'dependentSchemas', members(source, 'dependentSchemas'));
}

function readItems(schema: Schema, source: KeywordSource): void {
  if (schema.version >= 6) assign(schema, 'contains', inner(source, 'contains'));
  if (schema.version >= 2020) {
    assign(schema, 'tupleItems', list(source, 'prefixItems'));
    assign(schema, 'items', inner(source, 'items'));
    return;
  }
  const tuple = list(source, 'items');
  if (tuple === undefined) {
    assign(schema, 'items', inner(source, 'items'));
    return;
  }
  schema.tupleItems = tuple;
  const additional = source.written.get('additionalItems');
  assign(schema, 'items', typeof additional === 'boolean' ? additional : inner(source, 'additionalItems'));
}

function readAssertions(schema: Schema, source: KeywordSource): void {
  const { written } = source;
  const type = written.get('type');
  const types = typeof type === 'string' ? [type] : strings(type);
  if (types !== undefined && types.length > 0) schema.types = TYPE_ORDER.filter((each) => types.includes(each));
  if (schema.version >= 6 && written.has('const')) schema.const = [written.get('const')];
  assign(schema, 'enum', sliceItems(written.get('enum')));
  assign(schema, 'required', strings(written.get('required')));
  schema.uniqueItems = written.get('uniqueItems') === true;
  const pattern = text(source, 'pattern');
  if (pattern !== undefined) schema.pattern = readPattern(source, 'pattern', pattern);
  if (schema.version < 2019) return;
  if (schema.contains !== undefined) {
    assign(schema, 'minContains', count(source, 'minContains'));
    assign(schema, 'maxContains', count(source, 'maxContains'));
  }
  const required = written.get('dependentRequired');
  if (isMap(required)) {
    schema.dependentRequired = new Map([...required].map(([name, value]) => [name, strings(value) ?? []]));
  }
}

/** The order in which messages name types. */
const TYPE_ORDER = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

function readBounds(schema: Schema, source: KeywordSource): void {
  for (const name of COUNTS) assign(schema, name, count(source, name));
  const isOpenAbove = source.written.get('exclusiveMaximum') === true;
  assign(schema, isOpenAbove ? 'exclusiveMaximum' : 'maximum', decimal(source, 'maximum'));
  const isOpenBelow = source.written.get('exclusiveMinimum') === true;
  assign(schema, isOpenBelow ? 'exclusiveMinimum' : 'minimum', decimal(source, 'minimum'));
  if (!isOpenAbove) assign(schema, 'exclusiveMaximum', decimal(source, 'exclusiveMaximum'));
  if (!isOpenBelow) assign(schema, 'exclusiveMinimum', decimal(source, 'exclusiveMinimum'));
  assign(schema, 'multipleOf', decimal(source, 'multipleOf'));
}

const COUNTS = ['minProperties', 'maxProperties', 'minItems', 'maxItems', 'minLength', 'maxLength'] as const;

function readFormat(source: KeywordSource, version: number): Format | undefined {
  const isAsserted =
    source.assertFormats || version < 2019 || hasVocabulary(source, version === 2019 ? 'format' : 'format-assertion');
  const name = text(source, 'format');
  return isAsserted && name !== undefined ? FORMATS.get(name) : undefined;
}

function hasVocabulary({ dialect }: KeywordSource, name: string): boolean {
  if (dialect.draft.version < 2019) return true;
  return (dialect.vocabularies ?? dialect.draft.defaultVocabularies).includes(name);
}

function assign<K extends keyof Schema>(schema: Schema, name: K, value: Schema[K] | undefined): void {
  if (value !== undefined) schema[name] = value;
}

function text({ written }: KeywordSource, name: string): string | undefined {
  const value = written.get(name);
  return typeof value === 'string' ? value : undefined;
}

function inner(source: KeywordSource, name: string): Schema | undefined {
  return source.written.has(name) ? source.at(`${source.pointer}/${name}`) : undefined;
}

function list(source: KeywordSource, name: string): Schema[] | undefined {
  const items = sliceItems(source.written.get(name));
  return items?.map((_item, index) => source.at(`${source.pointer}/${name}/${index}`));
}

function members(source: KeywordSource, name: string): Map<string, Schema> | undefined {
  const value = source.written.get(name);
  if (!isMap(value)) return undefined;
  return new Map([...value.keys()].map((key) => [key, source.at(`${source.pointer}/${name}/${escapeToken(key)}`)]));
}

function strings(value: GoValue): string[] | undefined {
  return sliceItems(value)?.filter((item) => typeof item === 'string');
}

function decimal({ written }: KeywordSource, name: string): Decimal | undefined {
  return decimalOf(written.get(name));
}

function count(source: KeywordSource, name: string): number | undefined {
  const value = decimal(source, name);
  return value === undefined || !isInteger(value) ? undefined : toNumber(value);
}

function readPattern(source: KeywordSource, keyword: string, pattern: string): Pattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const place = locationText(source.url, `${source.pointer}/${keyword}`);
    throw new SchemaError(`invalid regex ${JSON.stringify(pattern)} at "${place}": ${error.message}`, { cause: error });
  }
}
