/** The release that an operation works on: its state as it changes, and the steps that are done. */
import type { Journal } from './journal.ts';
import { withJournal, withoutJournal } from './journal.ts';
import type { HookRun, Release, ReleaseHook, ReleaseInfo } from './release.ts';
import { withInfo } from './release.ts';
import type { ReleaseStorage } from './release-storage.ts';

export class OperationRecord {
  readonly #storage: ReleaseStorage;
  #release: Release;
  #journal: Journal | undefined;

  /** Without a journal nothing is noted: uninstall and tests can be done again from the start. */
  constructor(storage: ReleaseStorage, release: Release, journal?: Journal) {
    this.#storage = storage;
    this.#release = release;
    this.#journal = journal;
  }

  get release(): Release {
    return this.#journal === undefined ? withoutJournal(this.#release) : withJournal(this.#release, this.#journal);
  }

  isDone(step: string): boolean {
    return this.#journal?.done.includes(step) ?? false;
  }

  /** Noted with the next `save`. */
  done(step: string): void {
    if (this.#journal === undefined || this.isDone(step)) return;
    this.#journal = { ...this.#journal, done: [...this.#journal.done, step] };
  }

  setInfo(info: Partial<ReleaseInfo>): void {
    this.#release = withInfo(this.#release, info);
  }

  setHook(
    index: number,
    change: { readonly lastRun?: HookRun; readonly deletePolicies?: readonly string[] },
  ): ReleaseHook {
    const hooks = this.#release.hooks.map((hook, at) => (at === index ? { ...hook, ...change } : hook));
    this.#release = { ...this.#release, hooks };
    const hook = hooks[index];
    if (hook === undefined) throw new RangeError(`the release has no hook ${index}`);
    return hook;
  }

  create(historyMax: number): Promise<void> {
    return this.#storage.create(this.release, historyMax);
  }

  save(): Promise<void> {
    return this.#storage.update(this.release);
  }

  /** Saves what is done, if another process could go on with it. */
  async note(): Promise<void> {
    if (this.#journal !== undefined) await this.save();
  }

  /** Saves the result: nothing is left to be done. */
  finish(info: Partial<ReleaseInfo>): Promise<void> {
    this.setInfo(info);
    this.#journal = undefined;
    return this.save();
  }
}
