/**
 * Documents that hold schemas: which resources are in them (schemas with an identifier of their own, JSON Schema core
 * section 8.2), their drafts, vocabularies and anchors.
 */
import { type GoMap, type GoValue, isMap } from '../go/value.ts';
import { type Draft, findDraft, LATEST_DRAFT, schemaId, subschemas } from './draft.ts';
import { locationText, lookUp, type Reference, resolveReference } from './pointer.ts';
import { SchemaError } from './schema-error.ts';

export interface Dialect {
  readonly draft: Draft;
  /** Undefined: those of the draft. */
  readonly vocabularies: readonly string[] | undefined;
}

/** A schema with an identifier, or the root of a document. */
export interface Resource {
  readonly pointer: string;
  readonly id: string;
  readonly dialect: Dialect;
  /** Pointers by the names of anchors. */
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

export interface SchemaDocument {
  readonly url: string;
  readonly root: GoValue;
  readonly resources: Map<string, Resource>;
  readonly visited: Set<string>;
}

/** A place in a document. */
export interface Place {
  readonly document: SchemaDocument;
  readonly pointer: string;
}

export interface DocumentsOptions {
  /** The content of a document. Throws SchemaError when there is none. */
  readonly read: (url: string) => GoValue;
  /** Holds a schema against its metaschema. Throws SchemaError. */
  readonly check: (document: SchemaDocument, schema: GoValue, pointer: string) => void;
}

export class SchemaDocuments {
  readonly #options: DocumentsOptions;
  readonly #documents = new Map<string, SchemaDocument>();

  constructor(options: DocumentsOptions) {
    this.#options = options;
  }

  /** The document; read, and checked, when it is needed first. Throws SchemaError. */
  open(url: string): SchemaDocument {
    const known = this.#documents.get(url);
    if (known !== undefined) return known;
    const document: SchemaDocument = {
      url,
      root: this.#options.read(url),
      resources: new Map(),
      visited: new Set(),
    };
    this.#visit(document, document.root, url, '', { draft: LATEST_DRAFT, vocabularies: undefined });
    this.#options.check(document, document.root, '');
    this.#documents.set(url, document);
    return document;
  }

  /** Where a reference in a schema leads. Throws SchemaError. */
  resolve(document: SchemaDocument, base: string, reference: string): Place {
    const target = resolveReference(base, reference);
    const local = this.#findResource(document, target.url);
    if (local !== undefined) return { document, pointer: fragmentPointer(document, local, target) };
    const remote = this.open(target.url);
    return { document: remote, pointer: fragmentPointer(remote, resourceAt(remote, ''), target) };
  }

  /** A reference may lead to where no keyword has schemas: what is there becomes one. Throws SchemaError. */
  ensureSchema({ document, pointer }: Place): GoValue {
    const schema = lookUp(document.root, document.url, pointer);
    if (document.visited.has(pointer)) return schema;
    const around = resourceAt(document, pointer);
    this.#visit(document, schema, around.id, pointer, around.dialect);
    this.#options.check(document, schema, pointer);
    return schema;
  }

  #findResource(document: SchemaDocument, url: string): Resource | undefined {
    if (url === document.url) return resourceAt(document, '');
    return [...document.resources.values()].find(({ id }) => id === url);
  }

  #visit(document: SchemaDocument, schema: GoValue, base: string, pointer: string, fallback: Dialect): void {
    if (document.visited.has(pointer)) return;
    document.visited.add(pointer);
    if (!isMap(schema)) {
      if (pointer === '') document.resources.set('', newResource('', base, fallback));
      return;
    }
    const { draft, id } = this.#identify(document, schema, pointer, fallback);
    const url = id === '' ? base : resolveReference(base, id).url;
    if (id !== '' || pointer === '') {
      const dialect = typeof schema.get('$schema') === 'string' ? { draft, vocabularies: undefined } : fallback;
      this.#addResource(document, schema, { pointer, id: url, dialect });
    }
    const resource = [...document.resources.values()].find((each) => each.id === url) ?? resourceAt(document, '');
    collectAnchors(document, schema, pointer, resource, draft);
    for (const [inner, value] of subschemas(draft, schema, pointer)) {
      this.#visit(document, value, url, inner, resource.dialect);
    }
  }

  /** Only schemas with an identifier may choose a draft. */
  #identify(document: SchemaDocument, schema: GoMap, pointer: string, fallback: Dialect): { draft: Draft; id: string } {
    const draft = this.#draftOf(schema, fallback.draft, new Set([document.url]), pointer === '');
    const id = schemaId(draft, schema);
    if (id !== '' || pointer === '') return { draft, id };
    return { draft: fallback.draft, id: schemaId(fallback.draft, schema) };
  }

  #draftOf(schema: GoValue, fallback: Draft, seen: Set<string>, isRoot: boolean): Draft {
    const said = isMap(schema) ? schema.get('$schema') : undefined;
    if (typeof said !== 'string') return fallback;
    const draft = findDraft(said);
    if (draft !== undefined) return draft;
    const url = said.split('#')[0] ?? '';
    if (seen.has(url)) {
      throw new SchemaError(
        isRoot && seen.size === 1 ? `draft "${url}" is not supported` : `cycle in resolving $schema in "${url}"`,
      );
    }
    return this.#draftOf(this.#options.read(url), fallback, new Set([...seen, url]), true);
  }

  #addResource(document: SchemaDocument, schema: GoMap, place: Pick<Resource, 'pointer' | 'id' | 'dialect'>): void {
    const { pointer, id, dialect } = place;
    for (const other of document.resources.values()) {
      if (other.id !== id || other.pointer === pointer) continue;
      throw new SchemaError(`duplicate id "${id}" in "${document.url}" at "${other.pointer}" and "${pointer}"`);
    }
    const said = schema.get('$schema');
    const own =
      typeof said === 'string'
        ? { draft: dialect.draft, vocabularies: this.#vocabularies(dialect.draft, said) }
        : dialect;
    document.resources.set(pointer, newResource(pointer, id, own));
  }

  /** What the metaschema of a schema requires, when it isn't a draft's. */
  #vocabularies(draft: Draft, metaschema: string): string[] | undefined {
    if (findDraft(metaschema) !== undefined || draft.version < 2019) return undefined;
    const url = metaschema.split('#')[0] ?? '';
    const document = this.#options.read(url);
    const listed = isMap(document) ? document.get('$vocabulary') : undefined;
    if (!isMap(listed)) return undefined;
    const required = [...listed].filter(([, isRequired]) => isRequired === true).map(([name]) => name);
    return required.map((name) => {
      if (name.startsWith(draft.vocabularyPrefix)) return name.slice(draft.vocabularyPrefix.length);
      throw new SchemaError(`unsupported vocabulary "${name}" in "${url}"`);
    });
  }
}

function newResource(pointer: string, id: string, dialect: Dialect): Resource {
  return { pointer, id, dialect, anchors: new Map(), dynamicAnchors: new Set() };
}

/** The innermost resource around a place. */
export function resourceAt(document: SchemaDocument, pointer: string): Resource {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = document.resources.get(at);
    if (found !== undefined) return found;
    if (at === '') throw new SchemaError(`no schema at the root of "${document.url}"`);
  }
}

function collectAnchors(
  document: SchemaDocument,
  schema: GoMap,
  pointer: string,
  resource: Resource,
  draft: Draft,
): void {
  const add = (name: GoValue): void => {
    if (typeof name !== 'string' || name === '') return;
    const other = resource.anchors.get(name);
    if (other !== undefined && other !== pointer) {
      throw new SchemaError(`duplicate anchor "${name}" in "${document.url}" at "${other}" and "${pointer}"`);
    }
    resource.anchors.set(name, pointer);
  };
  if (draft.version < 2019) {
    // Older drafts name places by the fragment of an identifier.
    const id = schema.has('$ref') ? undefined : schema.get(draft.idKeyword);
    const hash = typeof id === 'string' ? id.indexOf('#') : -1;
    if (typeof id === 'string' && hash >= 0 && !id.startsWith('/', hash + 1)) add(id.slice(hash + 1));
    return;
  }
  add(schema.get('$anchor'));
  const dynamic = schema.get('$dynamicAnchor');
  if (draft.version < 2020 || typeof dynamic !== 'string') return;
  add(dynamic);
  resource.dynamicAnchors.add(dynamic);
}

function fragmentPointer(document: SchemaDocument, resource: Resource, { fragment }: Reference): string {
  if (fragment === '' || fragment.startsWith('/')) return resource.pointer + fragment;
  const pointer = resource.anchors.get(fragment);
  if (pointer !== undefined) return pointer;
  throw new SchemaError(`anchor in "${locationText(resource.id, fragment)}" not found in schema "${document.url}"`);
}
