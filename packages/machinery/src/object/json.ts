/**
 * JSON values as this project keeps them in memory.
 *
 * Kubernetes integers are 64 bits wide. A number literal that a JavaScript number cannot hold exactly is kept as a
 * `bigint`; every other number is a `number`. See `codec/json.ts` for the reader and the writer.
 */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

export interface JsonObject {
  [field: string]: JsonValue;
}

/** True for a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
