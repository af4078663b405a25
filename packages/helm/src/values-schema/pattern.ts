/** Regular expressions of schemas: RE2, with Go's messages, matching anywhere in the text. */
import { RE2JS, RE2JSException } from 're2js';
import type { Pattern } from './schema.ts';
import { SchemaError } from './schema-error.ts';

/** Throws SchemaError with Go's message. */
export function compilePattern(source: string): Pattern {
  try {
    const regex = RE2JS.compile(source);
    return { source, matches: (text) => regex.matcher(text).find() };
  } catch (error) {
    if (error instanceof RE2JSException) throw new SchemaError(error.message, { cause: error });
    throw error;
  }
}
