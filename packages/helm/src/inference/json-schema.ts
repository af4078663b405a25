/** JSON schemas as plain data, as far as they are made and read here (draft 7). */

export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  /** Whatever else the author of a chart wrote. */
  readonly [keyword: string]: unknown;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The types that the schema allows; empty when it allows any. */
export function schemaTypes(schema: JsonSchema): readonly string[] {
  const { type } = schema;
  if (type === undefined) return [];
  return typeof type === 'string' ? [type] : type;
}
