/** A schema can't be used: it isn't JSON, isn't a schema, or refers to what isn't there. */
export class SchemaError extends Error {
  override readonly name: string = 'SchemaError';
}

/** A schema refers to a document that wasn't loaded. */
export class MissingSchemaError extends SchemaError {
  override readonly name = 'MissingSchemaError';
  readonly url: string;

  constructor(url: string) {
    super(`failing loading "${url}": remote schemas are not loaded here`);
    this.url = url;
  }
}
