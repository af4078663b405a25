/**
 * The YAML reader and writer, with the semantics of Go's sigs.k8s.io/yaml: what kubectl and helm make of a manifest.
 *
 * Syntax is js-yaml's work; the meaning of scalars, merge keys, duplicate fields and aliases is decided here and in
 * `yaml-scalar.ts`. The result is a JSON value, never a date or a binary.
 */
import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { DecodeError } from './decode-error.ts';
import { DEFAULT_MAX_DEPTH, decodeUtf8 } from './json.ts';
import { readJsonText } from './json-reader.ts';
import { type ConstructedYaml, constructYaml } from './yaml-construct.ts';

export { encodeYaml } from './yaml-writer.ts';

export type DecodedYaml = ConstructedYaml;

// js-yaml's reader calls itself for each level: this much fits any stack, and no manifest comes near it.
const MAX_DEPTH = Math.min(400, DEFAULT_MAX_DEPTH);

/**
 * Reads one document; an empty text gives null. Throws DecodeError for broken syntax, a second document, nesting or
 * aliasing beyond measure.
 *
 * @example decodeYaml('replicas: 0o17\nenabled: yes').value // { replicas: 15, enabled: true }
 */
export function decodeYaml(input: string | Uint8Array): DecodedYaml {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const json = readAsJson(text);
  if (json !== undefined) return json;
  const [first = EMPTY, second] = decodeYamlDocuments(text);
  if (second !== undefined) throw new DecodeError('invalid YAML: found a second document, expected one only');
  return first;
}

/** Reads a stream of documents separated by `---`; empty ones are left out. Throws DecodeError. */
export function decodeYamlDocuments(input: string | Uint8Array): DecodedYaml[] {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  return constructYaml(text, readEvents(text)).filter(({ value }) => value !== null);
}

const EMPTY: DecodedYaml = { value: null, duplicateFields: [], duplicateMessages: [] };

/** JSON is YAML too and reads much faster as what it is; undefined when the text is something else. */
function readAsJson(text: string): DecodedYaml | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { value, duplicateFields } = readJsonText(text, MAX_DEPTH);
    return { value, duplicateFields, duplicateMessages: duplicateFields.map(duplicateMessage) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function duplicateMessage(path: string): string {
  return `duplicate field "${path}"`;
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    const where = mark === undefined ? '' : `line ${mark.line + 1}, column ${mark.column + 1}: `;
    throw new DecodeError(`invalid YAML: ${where}${error.reason}`, {
      cause: error,
      ...(mark === undefined ? {} : { offset: mark.position }),
    });
  }
}
