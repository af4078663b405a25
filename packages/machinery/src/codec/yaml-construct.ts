/**
 * Builds JSON values from the events of the YAML parser: anchors, merge keys, duplicate fields, keys that aren't strings.
 */
import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { deepCopy } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { DecodeError } from './decode-error.ts';
import { resolvePlain } from './yaml-scalar.ts';

export interface ConstructedYaml {
  readonly value: JsonValue;
  /** Paths of fields that came more than once (`spec.y`); the last one wins. */
  readonly duplicateFields: readonly string[];
  /** The same as Go's YAML reader words it: `line 3: key "y" already set in map`. */
  readonly duplicateMessages: readonly string[];
}

// Aliases are copied, so that nobody shares structure by accident; this many values may come into being that way.
const MAX_ALIASED_VALUES = 100_000;
const MERGE_KEY = Symbol('merge');

/** One value for each document in the stream. Throws DecodeError. */
export function constructYaml(text: string, events: readonly Event[]): ConstructedYaml[] {
  const constructor = new YamlConstructor(text, events);
  const documents: ConstructedYaml[] = [];
  while (constructor.hasMore()) documents.push(constructor.readDocument());
  return documents;
}

class YamlConstructor {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 0;
  #anchors = new Map<string, JsonValue>();
  #aliasedValues = 0;
  #duplicateFields = new Set<string>();
  #duplicateMessages: string[] = [];

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  hasMore(): boolean {
    return this.#next < this.#events.length;
  }

  readDocument(): ConstructedYaml {
    this.#anchors = new Map();
    this.#aliasedValues = 0;
    this.#duplicateFields = new Set();
    this.#duplicateMessages = [];
    this.#next++;
    const value = this.#atPop() ? null : this.#readNode('');
    this.#next++;
    return {
      value,
      duplicateFields: [...this.#duplicateFields],
      duplicateMessages: this.#duplicateMessages,
    };
  }

  #atPop(): boolean {
    return this.#events[this.#next]?.type === EVENT_ID.POP;
  }

  #readNode(path: string): JsonValue {
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#anchor(event, this.#readScalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#anchor(event, this.#readSequence(path));
      case EVENT_ID.MAPPING:
        return this.#anchor(event, this.#readMapping(path));
      case EVENT_ID.ALIAS:
        return this.#resolveAlias(event.anchorStart, event.anchorEnd);
      default:
        throw new DecodeError('invalid YAML: the document ends too early');
    }
  }

  #readSequence(path: string): JsonValue[] {
    const items: JsonValue[] = [];
    while (!this.#atPop()) items.push(this.#readNode(`${path}[${items.length}]`));
    this.#next++;
    return items;
  }

  #readMapping(path: string): JsonObject {
    const object: JsonObject = {};
    const own = new Set<string>();
    while (!this.#atPop()) {
      const keyEvent = this.#events[this.#next];
      const key = this.#readKey(path);
      if (key === MERGE_KEY) {
        mergeInto(object, this.#readNode(path));
        continue;
      }
      const memberPath = path === '' ? key : `${path}.${key}`;
      if (own.has(key)) this.#reportDuplicate(memberPath, key, keyEvent);
      own.add(key);
      setMember(object, key, this.#readNode(memberPath));
    }
    this.#next++;
    return object;
  }

  #readKey(path: string): string | typeof MERGE_KEY {
    const event = this.#events[this.#next];
    if (event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0) {
      if (getScalarValue(this.#text, event) === '<<') {
        this.#next++;
        return MERGE_KEY;
      }
    }
    const key = this.#readNode(path);
    if (key === null || typeof key === 'object') {
      throw new DecodeError(`invalid YAML: ${this.#line(event)}a field name must be a string, a number or a boolean`);
    }
    return String(key);
  }

  #readScalar(event: ScalarEvent): JsonValue {
    const value = getScalarValue(this.#text, event);
    const tag = event.tagStart < 0 ? undefined : this.#text.slice(event.tagStart, event.tagEnd);
    if (tag === undefined) return event.style === SCALAR_STYLE.PLAIN ? this.#resolve(value, event) : value;
    if (tag === '!!binary') return Buffer.from(value, 'base64').toString('utf8');
    if (!RESOLVED_TAGS.has(tag)) return value;
    const resolved = this.#resolve(value, event);
    if (RESOLVED_TAGS.get(tag)?.includes(resolved === null ? 'null' : typeof resolved) !== true) {
      throw new DecodeError(`invalid YAML: ${this.#line(event)}cannot read ${JSON.stringify(value)} as ${tag}`);
    }
    return resolved;
  }

  #resolve(value: string, event: Event): JsonValue {
    try {
      return resolvePlain(value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new DecodeError(`invalid YAML: ${this.#line(event)}${error.message}`, { cause: error });
    }
  }

  #anchor(event: { anchorStart: number; anchorEnd: number }, value: JsonValue): JsonValue {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), value);
    return value;
  }

  #resolveAlias(start: number, end: number): JsonValue {
    const name = this.#text.slice(start, end);
    const value = this.#anchors.get(name);
    if (value === undefined) throw new DecodeError(`invalid YAML: unknown anchor ${JSON.stringify(name)}`);
    this.#aliasedValues += countValues(value);
    if (this.#aliasedValues > MAX_ALIASED_VALUES) {
      throw new DecodeError('invalid YAML: the document contains excessive aliasing');
    }
    return deepCopy(value);
  }

  #reportDuplicate(path: string, key: string, event: Event | undefined): void {
    this.#duplicateFields.add(path);
    this.#duplicateMessages.push(`${this.#line(event)}key ${JSON.stringify(key)} already set in map`);
  }

  #line(event: Event | undefined): string {
    const offset = event?.type === EVENT_ID.SCALAR ? event.valueStart : -1;
    return offset < 0 ? '' : `line ${this.#text.slice(0, offset).split('\n').length}: `;
  }
}

const NUMERIC = ['number', 'bigint'];
const RESOLVED_TAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['!!int', NUMERIC],
  ['!!float', NUMERIC],
  ['!!bool', ['boolean']],
  ['!!null', ['null']],
]);

/** Go's reader lets whatever comes later in the text win, merged fields included; in a list of maps the first wins. */
function mergeInto(object: JsonObject, source: JsonValue): void {
  if (Array.isArray(source)) {
    for (const item of source.toReversed()) mergeInto(object, item);
    return;
  }
  if (!isJsonObject(source)) {
    throw new DecodeError('invalid YAML: map merge requires map or sequence of maps as the value');
  }
  for (const [key, value] of Object.entries(source)) setMember(object, key, value);
}

function countValues(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const member of Object.values(value)) count += countValues(member);
  return count;
}
