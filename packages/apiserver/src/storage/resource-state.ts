/**
 * One resource in memory: its objects in key order, the history of their changes, and the watches that follow it.
 * Reading needs no disk and no parsing; a list is a snapshot that later writes do not touch.
 */
import { compareKeys, OrderedMap, type OrderedSnapshot, StoreError } from '@kindred/store';
import { type HistoryLimits, ResourceHistory } from './resource-history.ts';
import type {
  ListRange,
  ResourceList,
  ResourceWatch,
  ResourceWatchHandler,
  ResourceWatchRequest,
} from './resource-storage.ts';
import { ObjectWatch, type WatchSource } from './resource-watch.ts';
import { selects } from './selection.ts';
import { type ObjectName, type ObjectPlace, objectPath } from './storage-key.ts';
import type { StoredObject } from './stored-object.ts';
import { Change } from './watch-event.ts';

/** Watches served in one turn of the event loop; the others wait for the next, so that requests get in between. */
const watchesPerTurn = 200;

export interface ResourceStateOptions {
  /** What its keys in the store begin with. */
  readonly prefix: string;
  /** Revision that the objects given to `load` belong to: history begins here. */
  readonly loadedRevision: number;
  readonly limits: HistoryLimits;
  /** Newest revision of the whole store. */
  readonly progress: () => number;
  /** Runs a function in a later turn of the event loop. */
  readonly later: (run: () => void) => void;
}

/** See the file's head. Paths are keys without the resource's prefix. */
export class ResourceState {
  readonly #prefix: string;
  readonly #objects = new OrderedMap<StoredObject>();
  readonly #history: ResourceHistory;
  readonly #progress: () => number;
  readonly #later: (run: () => void) => void;
  readonly #watches = new Set<ObjectWatch>();
  readonly #source: WatchSource;
  /** Watches that have something to do, the one that waits longest first. */
  readonly #awake = new Set<ObjectWatch>();
  #changed = false;
  #turnPlanned = false;
  #changedRevision: number;
  #closed: StoreError | undefined;
  /** The namespace named last. Every request brings its own text of it: one for all objects is enough. */
  #namespace = '';

  constructor(options: ResourceStateOptions) {
    this.#prefix = options.prefix;
    this.#history = new ResourceHistory(options.loadedRevision, options.limits);
    this.#changedRevision = options.loadedRevision;
    this.#progress = options.progress;
    this.#later = options.later;
    this.#source = {
      history: this.#history,
      revision: this.#progress,
      wake: (watch) => this.#wake(watch),
      closed: (watch) => {
        this.#watches.delete(watch);
        this.#awake.delete(watch);
      },
    };
  }

  get changedRevision(): number {
    return this.#changedRevision;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(at: ObjectName): StoredObject | undefined {
    return this.#objects.get(objectPath(at));
  }

  placeOf(at: ObjectName): ObjectPlace {
    if (at.namespace !== this.#namespace) this.#namespace = at.namespace;
    return { namespace: this.#namespace, name: at.name, path: objectPath(at) };
  }

  /** The object's key in the store. */
  keyOf({ path }: ObjectPlace): string {
    return this.#prefix + path;
  }

  /** Takes in an object that was there before history begins. */
  load(stored: StoredObject): void {
    this.#objects.set(objectPath(stored), stored);
  }

  /** Takes in what the store did; `current` is undefined for a deletion. Watches hear of it in a later turn. */
  apply({ path }: ObjectPlace, current: StoredObject | undefined, revision: number, now: number): void {
    const previous = current === undefined ? this.#objects.delete(path) : this.#objects.set(path, current);
    const object = current ?? previous;
    if (object === undefined) return;
    previous?.retire();
    this.#changedRevision = revision;
    const type = current === undefined ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    this.#history.append(new Change(type, object, { previous, revision, time: now }));
    // However many changes a turn brings, each watch is looked at once.
    this.#changed = true;
    if (this.#watches.size > 0) this.#planTurn();
  }

  list(range: ListRange): ResourceList {
    const { from, to } = pathBounds(range);
    const snapshot = this.#objects.snapshot();
    const revision = this.#progress();
    if (range.name !== undefined && range.namespace) return this.#listOne(range, range.name, revision);
    return collect(range, revision, snapshot.entries(from, to), () => snapshot.count(from, to));
  }

  listAt(revision: number, range: ListRange): ResourceList {
    this.#checkRevision(revision);
    const { from, to } = pathBounds(range);
    const undone = this.#history.undoneSince(revision, objectPath);
    const within = [...undone].filter(
      ([path]) => compareKeys(path, from) >= 0 && (to === undefined || compareKeys(path, to) < 0),
    );
    const snapshot = this.#objects.snapshot();
    const old = within
      .filter((entry): entry is [string, StoredObject] => entry[1] !== undefined)
      .sort(([a], [b]) => compareKeys(a, b));
    const present = within.filter(([path]) => this.#objects.has(path)).length;
    return collect(range, revision, merge(snapshot.entries(from, to), undone, old), () => {
      return snapshot.count(from, to) - present + old.length;
    });
  }

  watch(request: ResourceWatchRequest, handler: ResourceWatchHandler): ResourceWatch {
    if (this.#closed !== undefined) throw this.#closed;
    const since = request.since ?? 0;
    if (since > 0) this.#checkRevision(since);
    const from =
      since > 0
        ? { position: this.#history.positionAfter(since) }
        : { position: this.#history.end, initial: selected(request, this.#objects.snapshot()) };
    const watch = new ObjectWatch(this.#source, request, handler, from);
    this.#watches.add(watch);
    this.#wake(watch);
    return watch;
  }

  /** Once a minute: forgets what is too old, and sends the bookmarks. */
  tick(now: number): void {
    this.#history.trim(now);
    for (const watch of this.#watches) if (watch.wantsBookmarks) watch.bookmark();
  }

  /** Ends the watches and allows no more of them. */
  close(reason: StoreError): void {
    this.#closed = reason;
    this.endWatches(reason);
  }

  /** Hands over what has just happened, then ends every watch. Whoever opens a new one on hearing it keeps that. */
  endWatches(reason: Error): void {
    const open = [...this.#watches];
    for (const watch of open) {
      watch.pump();
      watch.end(reason);
    }
  }

  #listOne(range: ListRange, name: string, revision: number): ResourceList {
    const stored = this.get({ namespace: range.namespace ?? '', name });
    const items = stored !== undefined && selects(range, stored) ? [stored] : [];
    return { items, revision, remaining: 0 };
  }

  #checkRevision(revision: number): void {
    const start = this.#history.startRevision;
    if (revision < start) {
      throw new StoreError('compacted', `too old resource version: ${revision} (${start})`, {
        compactedRevision: start,
      });
    }
    const newest = this.#progress();
    if (revision > newest) {
      throw new StoreError('futureRevision', `Too large resource version: ${revision}, current: ${newest}`);
    }
  }

  #wake(watch: ObjectWatch): void {
    this.#awake.add(watch);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#turnPlanned) return;
    this.#turnPlanned = true;
    this.#later(() => this.#turn());
  }

  #turn(): void {
    this.#turnPlanned = false;
    if (this.#changed) for (const watch of this.#watches) this.#awake.add(watch);
    this.#changed = false;
    const due: ObjectWatch[] = [];
    for (const watch of this.#awake) {
      if (due.length === watchesPerTurn) break;
      due.push(watch);
      this.#awake.delete(watch);
    }
    // One that is woken meanwhile waits behind all others.
    for (const watch of due) watch.pump();
    if (this.#awake.size > 0) this.#planTurn();
  }
}

/** The selected objects, and undefined in place of each other one, so that looking for them can be interrupted. */
function* selected(
  request: ResourceWatchRequest,
  snapshot: OrderedSnapshot<StoredObject>,
): IterableIterator<StoredObject | undefined> {
  const { from, to } = pathBounds(request);
  for (const [, stored] of snapshot.entries(from, to)) yield selects(request, stored) ? stored : undefined;
}

/** Bounds of the paths that the range is about; `after` excludes the object itself. */
function pathBounds(range: ListRange): { from: string; to: string | undefined } {
  const prefix = range.namespace ? `${range.namespace}/` : '';
  const from = range.after === undefined ? prefix : `${range.after}\0`;
  return { from: compareKeys(from, prefix) < 0 ? prefix : from, to: prefix === '' ? undefined : `${range.namespace}0` };
}

/** Takes selected objects until the limit. `count` is that of all entries. */
function collect(
  range: ListRange,
  revision: number,
  entries: Iterable<[string, StoredObject]>,
  count: () => number,
): ResourceList {
  const limit = range.limit ?? 0;
  const items: StoredObject[] = [];
  let seen = 0;
  for (const [, stored] of entries) {
    seen++;
    if (!selects(range, stored)) continue;
    items.push(stored);
    if (items.length === limit) return { items, revision, remaining: count() - seen };
  }
  return { items, revision, remaining: 0 };
}

/** The entries as they were before what is undone: `old` has the undone ones that existed, in order. */
function* merge(
  entries: IterableIterator<[string, StoredObject]>,
  undone: ReadonlyMap<string, StoredObject | undefined>,
  old: readonly [string, StoredObject][],
): IterableIterator<[string, StoredObject]> {
  let next = 0;
  for (const entry of entries) {
    for (
      let earlier = old[next];
      earlier !== undefined && compareKeys(earlier[0], entry[0]) <= 0;
      earlier = old[next]
    ) {
      yield earlier;
      next++;
    }
    if (!undone.has(entry[0])) yield entry;
  }
  yield* old.slice(next);
}
