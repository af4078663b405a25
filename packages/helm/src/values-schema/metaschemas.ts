/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema */
/**
 * The metaschemas of the drafts, without what only describes: which keywords there are and what they may hold
 * (json-schema.org). Their shape shows in messages about schemas that are wrong.
 */
import { decodeGoJson } from '../go/json-reader.ts';
import type { GoValue } from '../go/value.ts';
import { jsonNumber } from './json-value.ts';

/** A schema as a literal. */
type Literal = boolean | { readonly [keyword: string]: unknown };
type Members = Readonly<Record<string, Literal>>;

const text: Literal = { type: 'string' };
const flag: Literal = { type: 'boolean' };
const number: Literal = { type: 'number' };
const regex: Literal = { type: 'string', format: 'regex' };
const uriReference: Literal = { type: 'string', format: 'uri-reference' };
const uri: Literal = { type: 'string', format: 'uri' };
const simpleTypes: Literal = { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] };
const self: Literal = { $ref: '#' };

function define(names: readonly string[], schema: Literal): Members {
  return Object.fromEntries(names.map((name) => [name, schema]));
}

const COUNTS = ['maxLength', 'maxItems', 'maxProperties'];
const COUNTS_FROM_ZERO = ['minLength', 'minItems', 'minProperties'];
const COMBINATIONS = ['allOf', 'anyOf', 'oneOf'];
const SCHEMA_MAPS = ['definitions', 'properties', 'patternProperties'];

/** Drafts 4 to 7 have much in common. */
function oldMetaschema(
  id: string,
  count: string,
  stringArray: Literal,
  properties: Members,
  rest: Readonly<Record<string, unknown>>,
): Literal {
  const reference = (name: string): Literal => ({ $ref: `#/definitions/${name}` });
  const typeList = { type: 'array', items: reference('simpleTypes'), minItems: 1, uniqueItems: true };
  return {
    $schema: `${id}#`,
    definitions: {
      schemaArray: { type: 'array', minItems: 1, items: self },
      [count]: { type: 'integer', minimum: 0 },
      [`${count}Default0`]: { allOf: [reference(count), {}] },
      simpleTypes,
      stringArray,
    },
    properties: {
      $schema: uri,
      title: text,
      description: text,
      maximum: number,
      minimum: number,
      ...define(COUNTS, reference(count)),
      ...define(COUNTS_FROM_ZERO, reference(`${count}Default0`)),
      ...define(COMBINATIONS, reference('schemaArray')),
      ...define(SCHEMA_MAPS, { type: 'object', additionalProperties: self }),
      pattern: regex,
      items: { anyOf: [self, reference('schemaArray')] },
      uniqueItems: flag,
      required: reference('stringArray'),
      dependencies: {
        type: 'object',
        additionalProperties: { anyOf: [self, reference('stringArray')] },
      },
      type: { anyOf: [reference('simpleTypes'), typeList] },
      not: self,
      format: text,
      ...properties,
    },
    ...rest,
  };
}

const texts = { type: 'array', items: text, uniqueItems: true };

const draft4 = oldMetaschema(
  'http://json-schema.org/draft-04/schema',
  'positiveInteger',
  { ...texts, minItems: 1 },
  {
    id: uriReference,
    multipleOf: { type: 'number', minimum: 0, exclusiveMinimum: true },
    exclusiveMaximum: flag,
    exclusiveMinimum: flag,
    additionalItems: { anyOf: [flag, self] },
    additionalProperties: { anyOf: [flag, self] },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    $ref: text,
  },
  { type: 'object', dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] } },
);

const draft6Members: Members = {
  $id: uriReference,
  $ref: uriReference,
  multipleOf: { type: 'number', exclusiveMinimum: 0 },
  exclusiveMaximum: number,
  exclusiveMinimum: number,
  additionalItems: self,
  contains: self,
  additionalProperties: self,
  propertyNames: self,
  enum: { type: 'array', minItems: 1, uniqueItems: true },
};

const draft6 = oldMetaschema('http://json-schema.org/draft-06/schema', 'nonNegativeInteger', texts, draft6Members, {
  $id: 'http://json-schema.org/draft-06/schema#',
  type: ['object', 'boolean'],
});

const draft7 = oldMetaschema(
  'http://json-schema.org/draft-07/schema',
  'nonNegativeInteger',
  texts,
  {
    ...draft6Members,
    $comment: text,
    readOnly: flag,
    writeOnly: flag,
    examples: { type: 'array', items: true },
    patternProperties: { type: 'object', additionalProperties: self, propertyNames: { format: 'regex' } },
    contentMediaType: text,
    contentEncoding: text,
    if: self,
    then: self,
    else: self,
  },
  { $id: 'http://json-schema.org/draft-07/schema#', type: ['object', 'boolean'] },
);

/** How a metaschema from 2019 on refers to whatever metaschema is being used. */
interface Modern {
  readonly base: string;
  readonly here: Literal;
  readonly anchor: Readonly<Record<string, unknown>>;
}

const modern2019: Modern = {
  base: 'https://json-schema.org/draft/2019-09/',
  here: { $recursiveRef: '#' },
  anchor: { $recursiveAnchor: true },
};

const modern2020: Modern = {
  base: 'https://json-schema.org/draft/2020-12/',
  here: { $dynamicRef: '#meta' },
  anchor: { $dynamicAnchor: 'meta' },
};

function part({ base, anchor }: Modern, name: string, properties: Members, defs?: Members): [string, Literal] {
  const id = `${base}${name}`;
  const schema = {
    $schema: `${base}schema`,
    $id: id,
    ...anchor,
    type: ['object', 'boolean'],
    properties,
    ...(defs === undefined ? {} : { $defs: defs }),
  };
  return [id, schema];
}

function whole(modern: Modern, parts: readonly string[], extra: Members): [string, Literal] {
  const [id, schema] = part(modern, 'schema', {
    definitions: { type: 'object', additionalProperties: modern.here },
    dependencies: {
      type: 'object',
      additionalProperties: { anyOf: [modern.here, { $ref: 'meta/validation#/$defs/stringArray' }] },
    },
    ...extra,
  });
  return [id, Object.assign({ allOf: parts.map((name) => ({ $ref: `meta/${name}` })) }, schema)];
}

function validationPart(modern: Modern): [string, Literal] {
  const reference = (name: string): Literal => ({ $ref: `#/$defs/${name}` });
  const typeList = { type: 'array', items: reference('simpleTypes'), minItems: 1, uniqueItems: true };
  return part(
    modern,
    'meta/validation',
    {
      type: { anyOf: [reference('simpleTypes'), typeList] },
      const: true,
      enum: { type: 'array', items: true },
      multipleOf: { type: 'number', exclusiveMinimum: 0 },
      ...define(['maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'], number),
      ...define([...COUNTS, 'maxContains', 'minContains'], reference('nonNegativeInteger')),
      ...define(COUNTS_FROM_ZERO, reference('nonNegativeIntegerDefault0')),
      pattern: regex,
      uniqueItems: flag,
      required: reference('stringArray'),
      dependentRequired: { type: 'object', additionalProperties: reference('stringArray') },
    },
    {
      nonNegativeInteger: { type: 'integer', minimum: 0 },
      nonNegativeIntegerDefault0: { $ref: '#/$defs/nonNegativeInteger' },
      simpleTypes,
      stringArray: texts,
    },
  );
}

function applicatorMembers({ here }: Modern): Members {
  return {
    ...define(['contains', 'additionalProperties', 'propertyNames', 'if', 'then', 'else', 'not'], here),
    ...define(['properties', 'dependentSchemas'], { type: 'object', additionalProperties: here }),
    patternProperties: { type: 'object', additionalProperties: here, propertyNames: { format: 'regex' } },
    ...define(COMBINATIONS, { $ref: '#/$defs/schemaArray' }),
  };
}

const schemaArray = ({ here }: Modern): Members => ({ schemaArray: { type: 'array', minItems: 1, items: here } });
const metaData: Members = {
  ...define(['title', 'description'], text),
  ...define(['deprecated', 'readOnly', 'writeOnly'], flag),
  default: true,
  examples: { type: 'array', items: true },
};
const vocabularies: Literal = { type: 'object', propertyNames: uri, additionalProperties: flag };

function contentMembers({ here }: Modern): Members {
  return { ...define(['contentMediaType', 'contentEncoding'], text), contentSchema: here };
}

const unevaluated = ({ here }: Modern): Members => define(['unevaluatedItems', 'unevaluatedProperties'], here);

const parts2019: readonly [string, Literal][] = [
  whole(modern2019, ['core', 'applicator', 'validation', 'meta-data', 'format', 'content'], {}),
  part(modern2019, 'meta/core', {
    $id: { ...uriReference, pattern: '^[^#]*#?$' },
    $schema: uri,
    $anchor: { type: 'string', pattern: '^[A-Za-z][-A-Za-z0-9.:_]*$' },
    $ref: uriReference,
    $recursiveRef: uriReference,
    $recursiveAnchor: flag,
    $vocabulary: vocabularies,
    $comment: text,
    $defs: { type: 'object', additionalProperties: modern2019.here },
  }),
  part(
    modern2019,
    'meta/applicator',
    {
      ...applicatorMembers(modern2019),
      ...unevaluated(modern2019),
      additionalItems: modern2019.here,
      items: { anyOf: [modern2019.here, { $ref: '#/$defs/schemaArray' }] },
    },
    schemaArray(modern2019),
  ),
  validationPart(modern2019),
  part(modern2019, 'meta/meta-data', metaData),
  part(modern2019, 'meta/format', { format: text }),
  part(modern2019, 'meta/content', contentMembers(modern2019)),
];

const parts2020: readonly [string, Literal][] = [
  whole(modern2020, ['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'], {
    $recursiveAnchor: { $ref: 'meta/core#/$defs/anchorString' },
    $recursiveRef: { $ref: 'meta/core#/$defs/uriReferenceString' },
  }),
  part(
    modern2020,
    'meta/core',
    {
      $id: { $ref: '#/$defs/uriReferenceString', pattern: '^[^#]*#?$' },
      $schema: { $ref: '#/$defs/uriString' },
      ...define(['$ref', '$dynamicRef'], { $ref: '#/$defs/uriReferenceString' }),
      ...define(['$anchor', '$dynamicAnchor'], { $ref: '#/$defs/anchorString' }),
      $vocabulary: { type: 'object', propertyNames: { $ref: '#/$defs/uriString' }, additionalProperties: flag },
      $comment: text,
      $defs: { type: 'object', additionalProperties: modern2020.here },
    },
    {
      anchorString: { type: 'string', pattern: '^[A-Za-z_][-A-Za-z0-9._]*$' },
      uriString: uri,
      uriReferenceString: uriReference,
    },
  ),
  part(
    modern2020,
    'meta/applicator',
    { ...applicatorMembers(modern2020), prefixItems: { $ref: '#/$defs/schemaArray' }, items: modern2020.here },
    schemaArray(modern2020),
  ),
  part(modern2020, 'meta/unevaluated', unevaluated(modern2020)),
  validationPart(modern2020),
  part(modern2020, 'meta/meta-data', metaData),
  part(modern2020, 'meta/format-annotation', { format: text }),
  part(modern2020, 'meta/content', contentMembers(modern2020)),
];

const ALL: readonly (readonly [string, Literal])[] = [
  ['http://json-schema.org/draft-04/schema', draft4],
  ['http://json-schema.org/draft-06/schema', draft6],
  ['http://json-schema.org/draft-07/schema', draft7],
  ...parts2019,
  ...parts2020,
];

const TEXTS: ReadonlyMap<string, Literal> = new Map(ALL);
const read = new Map<string, GoValue>();

/** The metaschema of a URL without fragment; most runs ask for none, and none asks for many. */
export function metaschema(url: string): GoValue {
  const known = read.get(url);
  const literal = TEXTS.get(url);
  if (known !== undefined || literal === undefined) return known;
  const value = decodeGoJson(JSON.stringify(literal), jsonNumber);
  read.set(url, value);
  return value;
}
