/**
 * Files of values whose values are encrypted one by one, so that keys, comments and layout stay readable. They are changed in
 * place: a line of the encrypted file is the same line of the plain one. What is decrypted is text, as with nelm: the form
 * doesn't keep whether it was a number.
 */
import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { decryptText, encryptText, SecretError } from './secret-cipher.ts';

/** As for other values. */
const MAX_DEPTH = 200;

/** @throws SecretError for a text that is no YAML */
export function encryptValues(text: string, key: Buffer): string {
  return changeScalars(text, (value) => encryptText(key, value));
}

/**
 * Encrypts a file that was decrypted and changed: values that are as before stay encrypted as they were, so that versions of
 * the file differ only where it was changed.
 *
 * @param before the encrypted file
 * @throws SecretError for a text that is no YAML
 */
export function encryptChangedValues(text: string, before: string, key: Buffer): string {
  const known = new Map<string, { readonly plain: string; readonly encrypted: string }>();
  changeScalars(before, (encrypted, { path, line }) => {
    const plain = encrypted === '' ? '' : decryptedScalar(encrypted, { path, line }, key);
    known.set(path, { plain, encrypted });
    return encrypted;
  });
  return changeScalars(text, (value, { path }) => {
    const old = known.get(path);
    return old?.plain === value && old.encrypted !== '' ? old.encrypted : encryptText(key, value);
  });
}

/** @throws SecretError naming the value that can't be decrypted, and its line */
export function decryptValues(text: string, key: Buffer): string {
  // JSON's strings are YAML's, and stay on their line.
  return changeScalars(text, (value, at) => (value === '' ? '""' : JSON.stringify(decryptedScalar(value, at, key))));
}

function decryptedScalar(value: string, { path, line }: Place, key: Buffer): string {
  try {
    return decryptText(key, value).toString();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    throw new SecretError(`${path} (line ${line}): ${error.message}`, { cause: error });
  }
}

interface Place {
  readonly path: string;
  readonly line: number;
}

type Change = (value: string, place: Place) => string;

function changeScalars(text: string, change: Change): string {
  let result = '';
  let at = 0;
  for (const { event, path } of valueScalars(text, eventsOf(text))) {
    const value = getScalarValue(text, event);
    if (event.valueStart < 0 || isNull(event, value)) continue;
    const { start, end } = extent(text, event);
    const line = text.slice(0, start).split('\n').length;
    const isBlock = text.slice(start, end).endsWith('\n');
    result += `${text.slice(at, start)}${change(value, { path, line })}${isBlock ? '\n' : ''}`;
    at = end;
  }
  return result + text.slice(at);
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // Its words quote the text, which may be secret.
    throw new SecretError(`it is no YAML: line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`);
  }
}

function isNull({ style, tagStart }: ScalarEvent, value: string): boolean {
  return style === SCALAR_STYLE.PLAIN && tagStart < 0 && /^(?:~|null|Null|NULL|)$/.test(value);
}

/** From the tag or the first quote to the last, or to the end of a block's last line. */
function extent(text: string, { valueStart, valueEnd, tagStart, style }: ScalarEvent): { start: number; end: number } {
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  const isBlock = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
  const quote = isQuoted ? 1 : 0;
  const begin = isBlock ? headerOf(text, valueStart) : valueStart - quote;
  return { start: tagStart < 0 ? begin : tagStart, end: valueEnd + quote };
}

/** Where `|` or `>` stands, on the line above a block. */
function headerOf(text: string, valueStart: number): number {
  const above = text.slice(0, valueStart).replace(/\r?\n$/, '');
  const header = /[|>][-+0-9]*[ \t]*(?:#.*)?$/.exec(above);
  return header === null ? valueStart : header.index;
}

interface Found {
  readonly event: ScalarEvent;
  /** `db.users[0].password` */
  readonly path: string;
}

interface Container {
  readonly path: string;
  readonly isMap: boolean;
  /** Of a map: the key whose value comes next; undefined when a key does. */
  key: string | undefined;
  items: number;
}

/** All scalars that are values, in the order of the text. */
function valueScalars(text: string, events: readonly Event[]): Found[] {
  const found: Found[] = [];
  const open: (Container | undefined)[] = [];
  /** The place of the node that begins; undefined for a key. */
  const placeOf = (event: Event): string | undefined => {
    const container = open.at(-1);
    if (container === undefined) return '';
    if (!container.isMap) return `${container.path}[${container.items++}]`;
    if (container.key === undefined) {
      container.key = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : '?';
      return undefined;
    }
    const path = container.path === '' ? container.key : `${container.path}.${container.key}`;
    container.key = undefined;
    return path;
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push(undefined);
        break;
      case EVENT_ID.POP:
        open.pop();
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        const path = placeOf(event) ?? '?';
        open.push({ path, isMap: event.type === EVENT_ID.MAPPING, key: undefined, items: 0 });
        break;
      }
      case EVENT_ID.ALIAS:
        placeOf(event);
        break;
      case EVENT_ID.SCALAR: {
        const path = placeOf(event);
        if (path !== undefined) found.push({ event, path });
      }
    }
  }
  return found;
}
