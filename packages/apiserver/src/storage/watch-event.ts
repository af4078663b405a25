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

/** What one revision did to one object of a resource. */
export class Change {
  readonly revision: number;
  /** Clock time of the change, for the history's age. */
  readonly time: number;
  /** Undefined: the object was created. */
  readonly previous: StoredObject | undefined;
  /** Undefined: the object was deleted. */
  readonly current: StoredObject | undefined;
  /** As the first watcher saw it; nearly all others see the same. */
  #event: ObjectEvent | undefined;
  #otherEvents: Map<ObjectEventType, ObjectEvent> | undefined;

  constructor(of: { revision: number; time: number; previous?: StoredObject; current?: StoredObject }) {
    this.revision = of.revision;
    this.time = of.time;
    this.previous = of.previous;
    this.current = of.current;
  }

  /** The event that a watcher with this selection sees; undefined when none. */
  eventFor(selection: Selection): ObjectEvent | undefined {
    const after = this.current !== undefined && selects(selection, this.current) ? this.current : undefined;
    const before = this.previous !== undefined && selects(selection, this.previous) ? this.previous : undefined;
    if (after !== undefined) return this.#eventOf(before === undefined ? 'ADDED' : 'MODIFIED', after);
    return before === undefined ? undefined : this.#eventOf('DELETED', before);
  }

  #eventOf(type: ObjectEventType, object: StoredObject): ObjectEvent {
    const known = this.#event?.type === type ? this.#event : this.#otherEvents?.get(type);
    if (known !== undefined) return known;
    const event = new EncodedOnce(type, type === 'DELETED' ? object.at(this.revision) : object, this.revision);
    if (this.#event === undefined) this.#event = event;
    else (this.#otherEvents ??= new Map()).set(type, event);
    return event;
  }
}

/** An event that remembers its encoded forms. A class with fields: history keeps many of them. */
export class EncodedOnce implements ObjectEvent {
  readonly type: ObjectEventType;
  readonly stored: StoredObject;
  readonly revision: number;
  /** The representation that was asked for first, and its line. */
  #representation = '';
  #line: Uint8Array | undefined;
  #otherLines: Map<string, Uint8Array> | undefined;

  constructor(type: ObjectEventType, stored: StoredObject, revision: number) {
    this.type = type;
    this.stored = stored;
    this.revision = revision;
  }

  get line(): Uint8Array {
    return this.lineAs('', bytesOf);
  }

  lineAs(representation: string, encode: (stored: StoredObject) => Uint8Array): Uint8Array {
    const isFirst = this.#line === undefined || this.#representation === representation;
    const known = isFirst ? this.#line : this.#otherLines?.get(representation);
    if (known !== undefined) return known;
    const line = encodeEventLine(this.type, encode(this.stored));
    if (!isFirst) (this.#otherLines ??= new Map()).set(representation, line);
    else {
      this.#representation = representation;
      this.#line = line;
    }
    return line;
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
