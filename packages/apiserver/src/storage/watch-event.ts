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
  #events: Map<ObjectEventType, ObjectEvent> | undefined;

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
    if (after !== undefined) return this.#event(before === undefined ? 'ADDED' : 'MODIFIED', after);
    return before === undefined ? undefined : this.#event('DELETED', before);
  }

  #event(type: ObjectEventType, object: StoredObject): ObjectEvent {
    this.#events ??= new Map();
    let event = this.#events.get(type);
    if (event === undefined) {
      event = objectEvent(type, type === 'DELETED' ? object.at(this.revision) : object, this.revision);
      this.#events.set(type, event);
    }
    return event;
  }
}

/** An event that remembers its encoded forms. */
export function objectEvent(type: ObjectEventType, stored: StoredObject, revision: number): ObjectEvent {
  let lines: Map<string, Uint8Array> | undefined;
  const lineAs = (representation: string, encode: (stored: StoredObject) => Uint8Array): Uint8Array => {
    lines ??= new Map();
    let line = lines.get(representation);
    if (line === undefined) {
      line = encodeEventLine(type, encode(stored));
      lines.set(representation, line);
    }
    return line;
  };
  return {
    type,
    stored,
    revision,
    get line() {
      return lineAs('', (object) => object.bytes);
    },
    lineAs,
  };
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
