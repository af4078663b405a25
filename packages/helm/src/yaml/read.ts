/**
 * Reads YAML into the values of templates, the way helm reads values files and `fromYaml` its text: through JSON, so
 * numbers are float64 and keys are strings. Syntax is js-yaml's work; the meaning is decided here.
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
import { goText } from '../go/format.ts';
import { floatText } from '../go/number-text.ts';
import { quote } from '../go/quote.ts';
import { GoMap, type GoValue, goInt64, isInt } from '../go/value.ts';
import { hasForbidden } from './libyaml/characters.ts';
import { checkGoYaml } from './libyaml/problem.ts';
import { type MemberOffsets, type PlaceTable, recordCopy, recordMember, type TextPlace } from './places.ts';
import { quickRead } from './quick-read.ts';
import { resolveScalar } from './resolve.ts';

/** The text is no YAML that helm reads. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** Where reading ended, when the syntax is broken. */
  readonly place: TextPlace | undefined;

  constructor(message: string, options: { cause?: unknown; place?: TextPlace } = {}) {
    super(message, { cause: options.cause });
    this.place = options.place;
  }
}

const MAX_DEPTH = 200;
/** Stands for the value of an anchor that isn't complete yet. */
const OPEN = Symbol('open');
// Aliases are shared in memory but not when written: this many values may come into being that way.
const MAX_ALIASED_VALUES = 100_000;

/** The first document; null for an empty text. What stands behind it is not looked at. Throws YamlError. */
export function readYaml(text: string): GoValue {
  const quick = quickRead(text);
  return quick === undefined ? readFirst(withoutMark(text)) : quick;
}

/** The first document like `readYaml`, of which the caller only looks at some members: those of its outermost map. */
export function readYamlMembers(text: string, wanted: Pick<ReadonlySet<string>, 'has'>): GoValue {
  return quickRead(text, wanted) ?? readYaml(text);
}

export interface ReadYamlOptions {
  /** Takes where everything stands, when that is wanted. */
  readonly places?: PlaceTable;
  /** Integers stay integers (int64), instead of becoming floats as helm has them. */
  readonly integers?: boolean;
}

/** All documents of the stream. Throws YamlError. */
export function readYamlDocuments(text: string, options: ReadYamlOptions = {}): GoValue[] {
  const isPlain = options.places === undefined && options.integers !== true;
  const quick = isPlain ? quickRead(text) : undefined;
  return quick === undefined ? readCompletely(text, options) : [quick];
}

/** Any YAML, with the messages for what is none. */
export function readCompletely(text: string, options: ReadYamlOptions = {}): GoValue[] {
  const source = withoutMark(text);
  try {
    return construct(source, options);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const checked = checkGoYaml(source);
    throw 'problem' in checked ? inWords(error, checked.problem) : error;
  }
}

function readFirst(source: string): GoValue {
  try {
    return construct(source, {})[0] ?? null;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const checked = checkGoYaml(source);
    if ('problem' in checked) throw inWords(error, checked.problem);
    if (checked.document === source) throw error;
    return construct(checked.document, {})[0] ?? null;
  }
}

/** The error as helm words it: it knows another reader. */
function inWords(error: YamlError, problem: string): YamlError {
  const { cause, place } = error;
  return new YamlError(`yaml: ${problem}`, { cause, ...(place === undefined ? {} : { place }) });
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * What our reader takes and go-yaml doesn't: tabs before the first character of a line, directives, characters in names of
 * anchors; forbidden characters too.
 */
const DOUBTFUL = /^(?: *\t|%)|(?:^|[\s,[{])[&*][\w-]*[^\w\s,\]}?:%@`-]/m;

function construct(source: string, options: ReadYamlOptions): GoValue[] {
  const constructor = new Constructor(source, events(source), options);
  const documents: GoValue[] = [];
  while (constructor.hasMore()) documents.push(constructor.readDocument());
  return documents;
}

/** Where the syntax of a text is broken; costs less than reading it, and knows no reason. */
export function brokenPlace(text: string): TextPlace | undefined {
  if (quickRead(text) !== undefined) return undefined;
  try {
    events(text);
    return undefined;
  } catch (error) {
    if (error instanceof YamlError) return error.place ?? { line: 1, column: 1 };
    throw error;
  }
}

function events(text: string): Event[] {
  if (DOUBTFUL.test(text) || hasForbidden(text)) {
    const checked = checkGoYaml(text);
    if ('problem' in checked) throw new YamlError(`yaml: ${checked.problem}`, { place: checked.place });
  }
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    if (mark === undefined) throw new YamlError(`yaml: ${error.reason}`, { cause: error });
    const place = { line: mark.line + 1, column: mark.column + 1 };
    throw new YamlError(`yaml: line ${place.line}: ${error.reason}`, { cause: error, place });
  }
}

class Constructor {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #places: PlaceTable | undefined;
  readonly #integers: boolean;
  #next = 0;
  #anchors = new Map<string, GoValue | typeof OPEN>();
  #aliased = 0;

  constructor(text: string, source: readonly Event[], { places, integers = false }: ReadYamlOptions) {
    this.#text = text;
    this.#events = source;
    this.#places = places;
    this.#integers = integers;
  }

  hasMore(): boolean {
    return this.#next < this.#events.length;
  }

  readDocument(): GoValue {
    this.#anchors = new Map();
    this.#next++;
    const value = this.#atPop() ? null : this.#node();
    this.#next++;
    return value;
  }

  #atPop(): boolean {
    return this.#events[this.#next]?.type === EVENT_ID.POP;
  }

  #node(): GoValue {
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#anchor(event, this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        this.#open(event);
        return this.#anchor(event, this.#sequence());
      case EVENT_ID.MAPPING:
        this.#open(event);
        return this.#anchor(event, this.#mapping());
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      default:
        throw new YamlError('yaml: the document ends too early');
    }
  }

  #sequence(): GoValue[] {
    const items: GoValue[] = [];
    while (!this.#atPop()) {
      if (this.#places !== undefined) {
        const offset = this.#offset();
        recordMember(this.#places, items, items.length, { key: offset, value: offset });
      }
      items.push(this.#node());
    }
    this.#next++;
    return items;
  }

  #mapping(): GoMap {
    const map = new GoMap();
    while (!this.#atPop()) {
      if (this.#isMergeKey()) {
        this.#next++;
        this.#merge(map, this.#node());
        continue;
      }
      const keyOffset = this.#places === undefined ? 0 : this.#offset();
      const key = this.#node();
      const valueOffset = this.#places === undefined ? 0 : this.#offset();
      const value = this.#node();
      const name = keyText(key, value);
      map.set(name, value);
      if (this.#places !== undefined) {
        recordMember(this.#places, map, name, { key: keyOffset, value: valueOffset < 0 ? keyOffset : valueOffset });
      }
    }
    this.#next++;
    return map;
  }

  /** Where the next node begins in the text; negative when nothing is written there. */
  #offset(): number {
    const event = this.#events[this.#next];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return isQuoted(event) ? event.valueStart - 1 : event.valueStart;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return event.start;
      case EVENT_ID.ALIAS:
        return event.anchorStart - 1;
      default:
        return -1;
    }
  }

  #isMergeKey(): boolean {
    const event = this.#events[this.#next];
    return (
      event?.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      event.tagStart < 0 &&
      getScalarValue(this.#text, event) === '<<'
    );
  }

  /** What comes later in the text wins, merged members too; in a list of maps the first wins. */
  #merge(map: GoMap, source: GoValue): void {
    if (Array.isArray(source)) {
      for (const item of source.toReversed()) this.#merge(map, item);
    } else if (source instanceof GoMap) {
      for (const [key, value] of source) {
        map.set(key, value);
        const offsets = this.#membersOf(source)?.get(key);
        if (this.#places !== undefined && offsets !== undefined) recordMember(this.#places, map, key, offsets);
      }
    } else {
      throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
    }
  }

  #membersOf(container: GoMap): ReadonlyMap<string | number, MemberOffsets> | undefined {
    return this.#places?.get(container);
  }

  #scalar(event: ScalarEvent): GoValue {
    const text = getScalarValue(this.#text, event);
    const tag = event.tagStart < 0 ? undefined : this.#text.slice(event.tagStart, event.tagEnd);
    // A block that ends with the text, without a line break, has none at its end.
    if (isBlock(event) && event.valueEnd >= this.#text.trimEnd().length && !this.#text.endsWith('\n')) {
      return text.replace(/\n$/, '');
    }
    if (tag === '!!binary') return atob(text.replace(/\s/g, ''));
    const isResolved = tag === undefined ? event.style === SCALAR_STYLE.PLAIN : RESOLVED_TAGS.has(tag);
    if (!isResolved) return text;
    const resolved = resolveScalar(text);
    if (typeof resolved === 'number' && !Number.isFinite(resolved)) {
      throw new YamlError(`json: unsupported value: ${floatText(resolved)}`);
    }
    if (typeof resolved !== 'bigint') return tag === '!!float' ? Number(resolved) : resolved;
    const isExact = this.#integers && tag !== '!!float' && BigInt.asIntN(64, resolved) === resolved;
    return isExact ? goInt64(resolved) : Number(resolved);
  }

  /** The anchor of what is being read now. */
  #open(event: { anchorStart: number; anchorEnd: number }): void {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), OPEN);
  }

  #anchor(event: { anchorStart: number; anchorEnd: number }, value: GoValue): GoValue {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), value);
    return value;
  }

  #alias(start: number, end: number): GoValue {
    const name = this.#text.slice(start, end);
    if (!this.#anchors.has(name)) throw new YamlError(`yaml: unknown anchor '${name}' referenced`);
    const value = this.#anchors.get(name);
    if (value === OPEN) throw new YamlError(`yaml: anchor '${name}' value contains itself`);
    return this.#copy(value);
  }

  #copy(value: GoValue): GoValue {
    if (++this.#aliased > MAX_ALIASED_VALUES) throw new YamlError('yaml: document contains excessive aliasing');
    if (!Array.isArray(value) && !(value instanceof GoMap)) return value;
    const copy = Array.isArray(value)
      ? value.map((item) => this.#copy(item))
      : new GoMap([...value].map(([key, member]) => [key, this.#copy(member)]));
    if (this.#places !== undefined) recordCopy(this.#places, value, copy);
    return copy;
  }
}

function isBlock(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
}

function isQuoted(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
}

const RESOLVED_TAGS: ReadonlySet<string> = new Set(['!!int', '!!float', '!!bool', '!!null']);

function keyText(key: GoValue, value: GoValue): string {
  switch (typeof key) {
    case 'string':
      return key;
    case 'number':
      return Number.isInteger(key) && Math.abs(key) < 2 ** 63 ? BigInt(key).toString() : floatText(key);
    case 'boolean':
      return String(key);
    default:
      if (isInt(key)) return key.value.toString();
      if (key === null || key === undefined) {
        throw new YamlError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goText(value)}`);
      }
      throw new YamlError(`yaml: invalid map key: ${goSyntax(key)}`);
  }
}

/** A value as Go's `%#v` shows what its YAML reader makes. */
function goSyntax(value: GoValue): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!(value instanceof GoMap)) return typeof value === 'number' ? keyText(value, null) : goText(value);
  const members = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[interface {}]interface {}{${members.map(([key, each]) => `${quote(key)}:${goSyntax(each)}`).join(', ')}}`;
}
