/** The drafts of JSON Schema: how each is named, where it may have schemas inside schemas, which vocabularies it has. */
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { escapeToken } from './pointer.ts';

export interface Draft {
  readonly version: 4 | 6 | 7 | 2019 | 2020;
  /** Of its metaschema. */
  readonly url: string;
  readonly idKeyword: 'id' | '$id';
  /** Prefix of the names of its vocabularies. */
  readonly vocabularyPrefix: string;
  /** What holds when a schema's metaschema says nothing else. */
  readonly defaultVocabularies: readonly string[];
  /** Keywords whose value is a schema, a list of them, a map of them. */
  readonly single: readonly string[];
  readonly lists: readonly string[];
  readonly maps: readonly string[];
}

const draft4: Draft = {
  version: 4,
  url: 'http://json-schema.org/draft-04/schema',
  idKeyword: 'id',
  vocabularyPrefix: '',
  defaultVocabularies: [],
  single: ['not', 'additionalProperties', 'items', 'additionalItems'],
  lists: ['allOf', 'anyOf', 'oneOf', 'items'],
  maps: ['definitions', 'properties', 'patternProperties', 'dependencies'],
};

const draft6: Draft = {
  ...draft4,
  version: 6,
  url: 'http://json-schema.org/draft-06/schema',
  idKeyword: '$id',
  single: [...draft4.single, 'propertyNames', 'contains'],
};

const draft7: Draft = {
  ...draft6,
  version: 7,
  url: 'http://json-schema.org/draft-07/schema',
  single: [...draft6.single, 'if', 'then', 'else'],
};

const draft2019: Draft = {
  ...draft7,
  version: 2019,
  url: 'https://json-schema.org/draft/2019-09/schema',
  vocabularyPrefix: 'https://json-schema.org/draft/2019-09/vocab/',
  defaultVocabularies: ['core', 'applicator', 'validation'],
  single: [...draft7.single, 'unevaluatedProperties', 'unevaluatedItems', 'contentSchema'],
  maps: [...draft7.maps, '$defs', 'dependentSchemas'],
};

const draft2020: Draft = {
  ...draft2019,
  version: 2020,
  url: 'https://json-schema.org/draft/2020-12/schema',
  vocabularyPrefix: 'https://json-schema.org/draft/2020-12/vocab/',
  defaultVocabularies: ['core', 'applicator', 'unevaluated', 'validation'],
  lists: [...draft2019.lists, 'prefixItems'],
};

/** What a schema is taken for that doesn't say its draft. */
export const LATEST_DRAFT = draft2020;

const DRAFTS = [draft4, draft6, draft7, draft2019, draft2020];

/** The draft with the metaschema of that URL, which may end with an empty fragment. */
export function findDraft(url: string): Draft | undefined {
  const plain = url.replace(/#\/?$/, '').replace(/^https?:/, '');
  if (plain === '//json-schema.org/schema') return LATEST_DRAFT;
  return DRAFTS.find((draft) => draft.url.replace(/^https?:/, '') === plain);
}

/** The identifier that a schema gives itself; empty when it gives none. */
export function schemaId(draft: Draft, schema: GoMap): string {
  // Before 2019 a reference hides all that stands beside it.
  if (draft.version <= 7 && schema.has('$ref')) return '';
  const id = schema.get(draft.idKeyword);
  return typeof id === 'string' ? (id.split('#')[0] ?? '') : '';
}

/** Schemas right inside a schema, with their pointers. */
export function subschemas(draft: Draft, schema: GoMap, pointer: string): [string, GoValue][] {
  const found: [string, GoValue][] = [];
  for (const keyword of draft.single) {
    const value = schema.get(keyword);
    if (isMap(value) || typeof value === 'boolean') found.push([`${pointer}/${keyword}`, value]);
  }
  for (const keyword of draft.lists) {
    sliceItems(schema.get(keyword))?.forEach((item, index) => found.push([`${pointer}/${keyword}/${index}`, item]));
  }
  for (const keyword of draft.maps) {
    const members = schema.get(keyword);
    if (!isMap(members)) continue;
    for (const [name, member] of members) found.push([`${pointer}/${keyword}/${escapeToken(name)}`, member]);
  }
  return found;
}
