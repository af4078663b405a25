/** A binary heap: the smallest element first, by the given order. */
export class Heap<E> {
  readonly #elements: E[] = [];
  readonly #isBefore: (a: E, b: E) => boolean;

  constructor(isBefore: (a: E, b: E) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#elements.length;
  }

  clear(): void {
    this.#elements.length = 0;
  }

  push(element: E): void {
    const elements = this.#elements;
    let at = elements.length;
    elements.push(element);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = elements[parent] as E; // parent < at: it is there.
      if (!this.#isBefore(element, above)) break;
      elements[at] = above;
      at = parent;
    }
    elements[at] = element;
  }

  pop(): E | undefined {
    const elements = this.#elements;
    const first = elements[0];
    const last = elements.pop();
    if (last !== undefined && elements.length > 0) this.#sink(last);
    return first;
  }

  #sink(element: E): void {
    const elements = this.#elements;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= elements.length) break;
      const right = left + 1;
      const smaller =
        right < elements.length && this.#isBefore(elements[right] as E, elements[left] as E) ? right : left;
      const below = elements[smaller] as E; // smaller < length: it is there.
      if (!this.#isBefore(below, element)) break;
      elements[at] = below;
      at = smaller;
    }
    elements[at] = element;
  }
}
