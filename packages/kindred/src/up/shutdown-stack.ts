/** What must be ended, newest first: each part as it was started, whatever happened to those after it. */
export class ShutdownStack {
  readonly #parts: { readonly name: string; readonly end: () => Promise<void> | void }[] = [];

  /** `end` is called once, after everything that was added later has ended. */
  add(name: string, end: () => Promise<void> | void): void {
    this.#parts.push({ name, end });
  }

  /** Ends everything. A part that fails doesn't keep the others from ending; the failures are thrown together at the end. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name, end } of this.#parts.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(new Error(`Ending ${name} failed`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything ended as it should');
  }
}
