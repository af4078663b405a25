/** What must be ended, newest first: each part as it was started, whatever happened to those after it. */
interface Part {
  readonly name: string;
  readonly end: () => Promise<void> | void;
}

export class ShutdownStack {
  readonly #parts: Part[] = [];
  readonly #failures: Error[] = [];
  #ended = false;
  #late: Promise<void> = Promise.resolve();

  /** `end` is called once, after everything that was added later has ended; at once when everything has ended already. */
  add(name: string, end: () => Promise<void> | void): void {
    if (this.#ended) this.#late = this.#late.then(() => this.#end({ name, end }));
    else this.#parts.push({ name, end });
  }

  /** Ends everything. A part that fails doesn't keep the others from ending; the failures are thrown together at the end. */
  async run(): Promise<void> {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) await this.#end(part);
    this.#ended = true;
    await this.#late;
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'Not everything ended as it should');
  }

  async #end({ name, end }: Part): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.#failures.push(new Error(`Ending ${name} failed`, { cause: error }));
    }
  }
}
