/** `kindred up`: the whole platform on this machine, from the start to the `Ready` line, until a signal ends it. */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@kindred/machinery';
import { collectStartGarbage, type WaitingAgent } from '@kindred/node';
import type { ImportModule } from '../extensions/load-extensions.ts';
import type { UpOptions } from './options.ts';
import { createProgress } from './progress.ts';
import { ShutdownStack } from './shutdown-stack.ts';
import { waitForEnd } from './signals.ts';
import { startPlatform } from './start-platform.ts';

/** A start that is cut off gets this long to come to the end of its present step, so that what it made is known. */
const startSettlesWithin = 2_000;

/**
 * Runs until SIGINT or SIGTERM; gives the exit code. Throws the failure that ended it otherwise.
 *
 * @param waitingAgent becomes the node agent, where there is to be one
 */
export async function up(options: UpOptions, importModule: ImportModule, waitingAgent?: WaitingAgent): Promise<number> {
  const shutdown = new ShutdownStack();
  shutdown.add('waiting node agent', () => waitingAgent?.dismiss());
  const ending = new AbortController();
  const ended = waitForEnd({ ending, clock: systemClock, signals: process, exit: (code) => process.exit(code) });
  const progress = createProgress(process.stderr, () => performance.now());
  const failures: Error[] = [];
  const fail = (error: unknown): void => {
    if (ending.signal.aborted) return;
    failures.push(error instanceof Error ? error : new Error(String(error)));
    ending.abort(error);
  };
  const signal = ending.signal;
  const context = { options, importModule, waitingAgent, clock: systemClock, progress, shutdown, signal, fail };
  const settled = startPlatform(context).then((text) => {
    if (ending.signal.aborted) return;
    process.stdout.write(text);
    shutdown.add('collection of garbage', collectStartGarbage(systemClock));
  }, fail);
  await ended;
  await Promise.race([settled, delay(startSettlesWithin, undefined, { ref: false })]);
  await progress.step('Stopping', () => shutdown.run());
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  return 0;
}
