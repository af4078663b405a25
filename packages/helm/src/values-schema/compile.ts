/** Makes schemas ready to validate with: reads keywords, follows references, holds every schema against its metaschema. */
import { type GoValue, isMap } from '../go/value.ts';
import { type Place, resourceAt, type SchemaDocument, SchemaDocuments } from './documents.ts';
import { findDraft } from './draft.ts';
import { failureText } from './failure.ts';
import { readKeywords } from './keywords.ts';
import { metaschema } from './metaschemas.ts';
import { locationText } from './pointer.ts';
import type { Schema } from './schema.ts';
import { SchemaError } from './schema-error.ts';
import { validate } from './validate.ts';

/** Compiles schemas of any number of charts; metaschemas are compiled once. */
export class SchemaCompiler {
  readonly #read: (url: string) => GoValue;
  readonly #metaschemas: MetaschemaCompiler;

  /** `read` gives documents that schemas refer to; it throws SchemaError when it can't. */
  constructor(read: (url: string) => GoValue) {
    this.#read = read;
    this.#metaschemas = new MetaschemaCompiler();
  }

  /** The schema, named `url`. Throws SchemaError. */
  compile(url: string, schema: GoValue): Schema {
    const documents = new SchemaDocuments({
      read: (wanted) => (wanted === url ? schema : (builtIn(wanted) ?? this.#read(wanted))),
      check: (document, value, pointer) => this.#check(document, value, pointer),
    });
    return new DocumentCompiler(documents, { assertFormats: false }).compile({
      document: documents.open(url),
      pointer: '',
    });
  }

  #check(document: SchemaDocument, value: GoValue, pointer: string): void {
    if (builtIn(document.url) !== undefined) return;
    const metaschemaAt = (at: string): Schema | undefined => {
      const resource = document.resources.get(at);
      return resource === undefined ? undefined : this.#metaschemas.get(resource.dialect.draft.url);
    };
    const metaschema = this.#metaschemas.get(resourceAt(document, pointer).dialect.draft.url);
    const failure = validate(metaschema, value, { metaschema, metaschemaAt });
    if (failure === undefined) return;
    throw new SchemaError(
      `"${locationText(document.url, pointer)}" is not valid against metaschema: ${failureText(failure)}`,
    );
  }
}

function builtIn(url: string): GoValue {
  return metaschema(findDraft(url)?.url ?? url) ?? metaschema(url.replace(/^http:/, 'https:'));
}

class MetaschemaCompiler {
  readonly #known = new Map<string, Schema>();
  readonly #documents = new SchemaDocuments({
    read: (url) => {
      const found = builtIn(url);
      if (found === undefined) throw new SchemaError(`no metaschema "${url}"`);
      return found;
    },
    check: () => {},
  });

  get(url: string): Schema {
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    const compiler = new DocumentCompiler(this.#documents, { assertFormats: true });
    const schema = compiler.compile({ document: this.#documents.open(url), pointer: '' });
    this.#known.set(url, schema);
    return schema;
  }
}

interface CompileOptions {
  /** Formats are asserted even where the draft takes them for remarks. */
  readonly assertFormats: boolean;
}

class DocumentCompiler {
  readonly #documents: SchemaDocuments;
  readonly #options: CompileOptions;
  readonly #schemas = new Map<string, Schema>();
  readonly #queue: { readonly place: Place; readonly schema: Schema; readonly written: GoValue }[] = [];

  constructor(documents: SchemaDocuments, options: CompileOptions) {
    this.#documents = documents;
    this.#options = options;
  }

  compile(place: Place): Schema {
    const root = this.#enqueue(place);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#fill(next.place, next.schema, next.written);
    }
    return root;
  }

  #enqueue(place: Place): Schema {
    const location = locationText(place.document.url, place.pointer);
    const known = this.#schemas.get(location);
    if (known !== undefined) return known;
    const written = this.#documents.ensureSchema(place);
    const { version } = resourceAt(place.document, place.pointer).dialect.draft;
    const schema: Schema = newSchema(location, version);
    this.#schemas.set(location, schema);
    if (typeof written === 'boolean') schema.constant = written;
    this.#queue.push({ place, schema, written });
    return schema;
  }

  #fill({ document, pointer }: Place, schema: Schema, written: GoValue): void {
    const resource = resourceAt(document, pointer);
    schema.resource = this.#enqueue({ document, pointer: resource.pointer });
    if (resource.pointer === pointer && schema.version >= 2020) {
      const anchors = [...resource.dynamicAnchors].map((name) => {
        const at = resource.anchors.get(name) ?? pointer;
        return [name, this.#enqueue({ document, pointer: at })] as const;
      });
      schema.dynamicAnchors = new Map(anchors);
    }
    if (!isMap(written)) return;
    readKeywords(schema, {
      written,
      pointer,
      url: document.url,
      dialect: resource.dialect,
      assertFormats: this.#options.assertFormats,
      at: (inner) => this.#enqueue({ document, pointer: inner }),
      refer: (reference) => this.#enqueue(this.#documents.resolve(document, resource.id, reference)),
    });
  }
}

function newSchema(location: string, version: number): Schema {
  const partial: Omit<Schema, 'resource'> & { resource?: Schema } = { location, version, dynamicAnchors: new Map() };
  return Object.assign(partial, { resource: partial as Schema });
}
