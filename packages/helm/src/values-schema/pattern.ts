/** Regular expressions of schemas: RE2, with Go's messages, matching anywhere in the text. */
import { RE2JS, RE2JSException } from 're2js';
import type { Pattern } from './schema.ts';
import { SchemaError } from './schema-error.ts';

/** Schemas repeat few patterns many times, and both they and their metaschemas want them compiled. */
const known = new Map<string, Pattern>();
const MAX_KNOWN = 500;

/** Throws SchemaError with Go's message. */
export function compilePattern(source: string): Pattern {
  const found = known.get(source);
  if (found !== undefined) return found;
  const made = compile(source);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(source, made);
  return made;
}

function compile(source: string): Pattern {
  try {
    const regex = RE2JS.compile(source);
    return { source, matches: (text) => regex.matcher(text).find() };
  } catch (error) {
    if (error instanceof RE2JSException) throw new SchemaError(error.message, { cause: error });
    throw error;
  }
}
