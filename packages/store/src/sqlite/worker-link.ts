/**
 * The main thread's end of the line to the worker: collects requests into a message while an earlier one is under way, and
 * settles them in order as the answers come. One message at a time makes large groups under load, so that many writes share
 * one message, one commit and one sync of the disk.
 */
import { Worker } from 'node:worker_threads';
import { StoreError } from '../port.ts';
import {
  joinValues,
  type PackedResults,
  packRequests,
  type ResultMessage,
  unpackResults,
  ValueReader,
  type WireError,
  type WireRequest,
  type WireResult,
  type WorkerOptions,
} from './protocol.ts';

/** Called in the order of the requests, before anything later is looked at. */
export type Settle = (result: WireResult, reader: ValueReader) => void;

export interface WorkerLinkOptions extends WorkerOptions {
  readonly workerUrl: URL;
  /** Whether previous values are wanted with every write. */
  readonly previousWanted: () => boolean;
  /** The worker ended without having been asked to. */
  readonly onFailure: (error: StoreError) => void;
}

/** Values pass through the worker and nothing stays there: a small young generation keeps its share of memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 };

/** How long a message is held back at most, in turns of the event loop. */
const maxGatherTurns = 16;

/** See the file's head. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #options: WorkerLinkOptions;
  readonly #waiting: Settle[] = [];
  #settled = 0;
  #requests: WireRequest[] = [];
  #values: Uint8Array[] = [];
  /** A message is under way, or planned for the end of this turn: what comes until then goes with it or the next one. */
  #busy = false;
  #ended = false;

  /** Starts the worker and waits until it has the file open; rejects with its StoreError. */
  static open(options: WorkerLinkOptions): Promise<{ link: WorkerLink; opened: ResultMessage & { type: 'open' } }> {
    return new Promise((resolve, reject) => {
      const link = new WorkerLink(options, (message) => {
        if (message.type === 'open') resolve({ link, opened: message });
        else if (message.type === 'failed') reject(fromWire(message.error));
      });
      link.#worker.once('error', reject);
    });
  }

  private constructor(options: WorkerLinkOptions, onOpen: (message: ResultMessage) => void) {
    this.#options = options;
    const { file, maxBytes } = options;
    const workerData: WorkerOptions = { file, maxBytes };
    // Flags of the main thread's program are none of the worker's business; some would keep it from starting.
    this.#worker = new Worker(options.workerUrl, { workerData, execArgv: [], resourceLimits });
    this.#worker.on('message', (message: ResultMessage) => {
      if (message.type === 'results') this.#settleAll(message);
      else onOpen(message);
    });
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', () => this.#fail(undefined));
  }

  /** Queues a request; `values` are those that it names, in its order. */
  send(request: WireRequest, values: readonly Uint8Array[], settle: Settle): void {
    if (this.#ended) {
      settle(
        {
          type: 'error',
          error: { code: 'closed', message: 'the store is closed', hint: '', compactedRevision: undefined },
        },
        new ValueReader(new Uint8Array(0)),
      );
      return;
    }
    this.#requests.push(request);
    this.#values.push(...values);
    this.#waiting.push(settle);
    if (this.#busy) return;
    this.#busy = true;
    this.#gather(maxGatherTurns);
  }

  /**
   * Sends the message when turns of the event loop bring nothing more for it: after one for a lone request, after two in a
   * row where there are several, since whoever writes at the same time often comes a turn later.
   */
  #gather(turns: number, idleTurns = 0): void {
    const gathered = this.#requests.length;
    setImmediate(() => {
      const idle = this.#requests.length > gathered ? 0 : idleTurns + 1;
      const patience = this.#requests.length > 1 ? 2 : 1;
      if (turns > 1 && idle < patience) this.#gather(turns - 1, idle);
      else this.#flush();
    });
  }

  /** Resolves when the thread is gone; no request may be under way. */
  async terminate(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #flush(): void {
    if (this.#ended) return;
    const values = joinValues(this.#values);
    const message = packRequests({ requests: this.#requests, values, previous: this.#options.previousWanted() });
    this.#requests = [];
    this.#values = [];
    this.#worker.postMessage(message, [values.buffer]);
  }

  #settleAll(message: PackedResults): void {
    if (this.#requests.length > 0) this.#gather(maxGatherTurns);
    else this.#busy = false;
    const reader = new ValueReader(message.values);
    for (const result of unpackResults(message)) this.#waiting[this.#settled++]?.(result, reader);
    this.#waiting.splice(0, this.#settled);
    this.#settled = 0;
  }

  #fail(cause: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const text = cause === undefined ? 'its thread ended' : cause.message;
    const error = new StoreError('io', `the store failed: ${text}`, { cause, hint: 'start again' });
    const { code, message, hint, compactedRevision } = error;
    const reader = new ValueReader(new Uint8Array(0));
    const waiting = this.#waiting.splice(0);
    for (const settle of waiting) settle({ type: 'error', error: { code, message, hint, compactedRevision } }, reader);
    this.#options.onFailure(error);
  }
}

export function fromWire({ code, message, hint, compactedRevision }: WireError): StoreError {
  return new StoreError(code, message, { hint, ...(compactedRevision === undefined ? {} : { compactedRevision }) });
}
