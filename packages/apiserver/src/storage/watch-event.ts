/**
 * Events of a resource. A `Change` is what the store did to one object; each watcher sees it as ADDED, MODIFIED or DELETED
 * depending on its selectors. A change is encoded once for each type and representation, whoever watches.
 */
import { type Selection, selects } from './selection.ts';
import type { StoredObject } from './stored-object.ts';

export type ObjectEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** An object's event, as a watcher with some selection sees it. */
export interface ObjectEvent {
  readonly type: ObjectEventType;
  /** For DELETED: the last state that was selected, with the revision of this event. */
  readonly stored: StoredObject;
  readonly revision: number;
  /** `{"type":…,"object":…}` and a newline, with the object as stored. Encoded once for all watchers. */
  readonly line: Uint8Array;
  /**
   * The same line with the object in another representation (another version, a Table), encoded once for all watchers
   * that use this name for it.
   */
  lineAs(representation: string, encode: (stored: StoredObject) => Uint8Array): Uint8Array;
}

/** Progress without a change: everything up to `revision` has been sent. */
export interface BookmarkEvent {
  readonly type: 'BOOKMARK';
  readonly revision: number;
  /** True for the one that ends the initial events of a watch-list. */
  readonly initialEventsEnd: boolean;
}

export type WatchEvent = ObjectEvent | BookmarkEvent;

/** An event's encoded forms, made when first asked for. */
class EventLines {
  /** The representation that was asked for first, and its line: nearly all events have no other. */
  readonly #representation: string;
  readonly #line: Uint8Array;
  #otherLines: Map<string, Uint8Array> | undefined;

  constructor(representation: string, line: Uint8Array) {
    this.#representation = representation;
    this.#line = line;
  }

  get(representation: string): Uint8Array | undefined {
    return representation === this.#representation ? this.#line : this.#otherLines?.get(representation);
  }

  add(representation: string, line: Uint8Array): void {
    (this.#otherLines ??= new Map()).set(representation, line);
  }
}

/** An event that remembers its encoded forms. */
export class EncodedOnce implements ObjectEvent {
  readonly type: ObjectEventType;
  readonly stored: StoredObject;
  readonly revision: number;
  #lines: EventLines | undefined;

  constructor(type: ObjectEventType, stored: StoredObject, revision = stored.revision) {
    this.type = type;
    this.stored = stored;
    this.revision = revision;
  }

  get line(): Uint8Array {
    return this.lineAs('', bytesOf);
  }

  lineAs(representation: string, encode: (stored: StoredObject) => Uint8Array): Uint8Array {
    const known = this.#lines?.get(representation);
    if (known !== undefined) return known;
    const line = encodeEventLine(this.type, encode(this.stored));
    if (this.#lines === undefined) this.#lines = new EventLines(representation, line);
    else this.#lines.add(representation, line);
    return line;
  }
}

/**
 * What one revision did to one object of a resource. One that the object outlived is itself the event that nearly all
 * watchers see: history keeps very many changes, and so there is one small object for each.
 *
 * `stored` is the object after it; of a deletion, the state that was deleted.
 */
export class Change extends EncodedOnce {
  /** When it happened, in milliseconds of any beginning, for the history's age. */
  readonly time: number;
  /** Undefined: the object was created. */
  readonly previous: StoredObject | undefined;
  /** The events of those who see something else, by type. */
  #otherEvents: Map<ObjectEventType, ObjectEvent> | undefined;

  constructor(
    type: ObjectEventType,
    stored: StoredObject,
    happened: { readonly previous: StoredObject | undefined; readonly revision: number; readonly time: number },
  ) {
    super(type, stored, happened.revision);
    this.time = happened.time;
    this.previous = happened.previous;
  }

  /** The event that a watcher with this selection sees; undefined when none. */
  eventFor(selection: Selection): ObjectEvent | undefined {
    const isAfter = this.type !== 'DELETED' && selects(selection, this.stored);
    const before = this.previous !== undefined && selects(selection, this.previous) ? this.previous : undefined;
    if (!isAfter && before === undefined) return undefined;
    const type = !isAfter ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
    if (type === this.type && type !== 'DELETED') return this;
    const events = (this.#otherEvents ??= new Map<ObjectEventType, ObjectEvent>());
    const known = events.get(type);
    if (known !== undefined) return known;
    const event = new EncodedOnce(type, isAfter || before === undefined ? this.stored : before.at(this.revision));
    events.set(type, event);
    return event;
  }
}

function bytesOf(stored: StoredObject): Uint8Array {
  return stored.bytes;
}

/** `{"type":"ADDED","object":…}` and a newline. */
export function encodeEventLine(type: string, object: Uint8Array): Uint8Array {
  const head = `{"type":"${type}","object":`;
  const line = Buffer.allocUnsafeSlow(head.length + object.byteLength + 2);
  line.write(head, 0, 'latin1');
  line.set(object, head.length);
  line.write('}\n', head.length + object.byteLength, 'latin1');
  return line;
}
