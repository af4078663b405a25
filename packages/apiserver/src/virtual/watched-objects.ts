/**
 * Which of a source's events a watcher sees: an object that comes to be selected is ADDED for it, one that is selected no
 * longer is DELETED.
 */
import type { ServedRequest } from '../resources/resource-request.ts';
import { type Selection, selects } from '../storage/selection.ts';
import { EncodedOnce, type ObjectEvent } from '../storage/watch-event.ts';
import { VirtualObjects } from './virtual-objects.ts';
import type { SourceEvent } from './virtual-source.ts';

type ObjectSourceEvent = Extract<SourceEvent, { readonly object: unknown }>;

export class WatchedObjects {
  readonly #objects: VirtualObjects;
  readonly #selection: Selection;
  /** Whether an object was selected when it was last heard of. Kept only where objects can come and go by changing. */
  readonly #selected: Map<string, boolean> | undefined;

  constructor(request: ServedRequest, selection: Selection) {
    this.#objects = new VirtualObjects(request);
    this.#selection = selection;
    const canChange = selection.matchesLabels !== undefined || selection.fields !== undefined;
    this.#selected = canChange ? new Map() : undefined;
  }

  /** The event as the watcher sees it; undefined when it is none of its business. */
  shown({ type, object }: ObjectSourceEvent): ObjectEvent | undefined {
    const stored = this.#objects.show(object);
    const isSelected = selects(this.#selection, stored);
    const known = this.#selected;
    if (known === undefined) return isSelected ? new EncodedOnce(type, stored) : undefined;
    const key = `${stored.namespace}/${stored.name}`;
    const before = known.get(key);
    if (type === 'DELETED') known.delete(key);
    else known.set(key, isSelected);
    const shownAs = typeOf(type, before, isSelected);
    return shownAs === undefined ? undefined : new EncodedOnce(shownAs, stored);
  }
}

/**
 * `before` is undefined for an object that the watch hasn't heard of: who watches from a state may know it. A DELETED for
 * an object that they don't know does no harm; one that is missing would leave it in their caches for good.
 */
function typeOf(
  type: ObjectSourceEvent['type'],
  before: boolean | undefined,
  isSelected: boolean,
): ObjectSourceEvent['type'] | undefined {
  if (type === 'DELETED') return before === false ? undefined : isSelected || before === true ? 'DELETED' : undefined;
  if (isSelected) return before === false ? 'ADDED' : type;
  return before === false || type === 'ADDED' ? undefined : 'DELETED';
}
