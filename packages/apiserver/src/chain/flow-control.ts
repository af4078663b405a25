/**
 * Flow control by requests in flight: so many reads and so many writes at a time, the rest are told to come back. Watches
 * and other long-running requests don't count. Members of `system:masters` and in-process callers always pass.
 */
import { tooManyRequests } from '@kindred/machinery';
import type { Exchange } from './exchange.ts';

export interface FlowControlLimits {
  readonly maxReadsInFlight: number;
  readonly maxWritesInFlight: number;
}

/** Upstream's defaults for `--max-requests-inflight` and `--max-mutating-requests-inflight`. */
const defaultFlowControlLimits: FlowControlLimits = { maxReadsInFlight: 400, maxWritesInFlight: 200 };

/** Watches, followed streams and upgraded connections: they last as long as their client likes. */
export function isLongRunning({ info: { verb, subresource }, request: { upgrade } }: Exchange): boolean {
  return verb === 'watch' || longRunningSubresources.has(subresource) || upgrade !== undefined;
}

const readVerbs = new Set(['get', 'list', 'head', 'options']);
const longRunningSubresources = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

export class FlowControl {
  readonly #limits: FlowControlLimits;
  #reads = 0;
  #writes = 0;
  readonly #readDone = (): void => {
    this.#reads--;
  };
  readonly #writeDone = (): void => {
    this.#writes--;
  };

  constructor(limits: FlowControlLimits = defaultFlowControlLimits) {
    this.#limits = limits;
  }

  /** Requests that are being worked on now. */
  get inFlight(): { readonly reads: number; readonly writes: number } {
    return { reads: this.#reads, writes: this.#writes };
  }

  /**
   * Takes a place for the exchange, given back at its end.
   *
   * @throws StatusError 429 with Retry-After when all places are taken.
   */
  enter(exchange: Exchange): void {
    const { info, user, request } = exchange;
    if (isLongRunning(exchange)) return;
    if (request.user !== undefined || user.groups.includes('system:masters')) return;
    if (readVerbs.has(info.verb)) {
      if (this.#reads >= this.#limits.maxReadsInFlight) throw full();
      this.#reads++;
      exchange.onEnd(this.#readDone);
    } else {
      if (this.#writes >= this.#limits.maxWritesInFlight) throw full();
      this.#writes++;
      exchange.onEnd(this.#writeDone);
    }
  }
}

function full(): Error {
  return tooManyRequests('Too many requests, please try again later.', 1);
}
