/**
 * Waits for the end: SIGINT (Ctrl-C), SIGTERM, or `ending` being aborted from within. A second signal ends the process at
 * once, and so does a stop that takes longer than it may.
 */
import type { Clock } from '@kindred/machinery';

const endSignals = ['SIGINT', 'SIGTERM'] as const;
/** A stop must be over within 5 s; what is acknowledged is on disk at any moment, so a hard end loses nothing. */
const longestStop = 4_900;
/** A terminal, npm and timeout(1) may each pass on the same Ctrl-C: what follows this soon is not a second one. */
const sameSignalWithin = 400;

export interface EndOptions {
  readonly ending: AbortController;
  readonly clock: Clock;
  /** Where signals come from: `process`. */
  readonly signals: { on(signal: (typeof endSignals)[number], listener: () => void): unknown };
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** Resolves when the platform must begin to stop. */
export function waitForEnd({ ending, clock, signals, exit }: EndOptions): Promise<void> {
  return new Promise((resolve) => {
    let received: number | undefined;
    for (const signal of endSignals) {
      signals.on(signal, () => {
        if (received !== undefined && clock.now() - received >= sameSignalWithin) return exit(1);
        received ??= clock.now();
        ending.abort(new Error(`Received ${signal}`));
      });
    }
    const end = (): void => {
      received ??= clock.now();
      clock.after(longestStop, () => exit(1));
      resolve();
    };
    ending.signal.addEventListener('abort', end, { once: true });
  });
}
