/** Asking a registry again that has no time right now: a few times, with growing pauses, or when it says (Retry-After). */
import type { HttpAnswer } from '../http/http-client.ts';

/** Waits so many milliseconds; rejects when the signal is aborted. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

const RETRIES = 5;
const FIRST_MS = 250;
const LONGEST_MS = 3000;

function isBusy({ status }: HttpAnswer): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** The first answer of one that has time, or the last one. */
export async function withRetries(
  send: () => Promise<HttpAnswer>,
  wait: Wait,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  for (let tried = 0; ; tried++) {
    const answer = await send();
    if (!isBusy(answer) || tried === RETRIES) return answer;
    await wait(pause(answer, tried), signal);
  }
}

function pause(answer: HttpAnswer, tried: number): number {
  const seconds = Number(answer.headers['retry-after'] ?? 'none');
  const wanted = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : FIRST_MS * 2 ** tried;
  return Math.min(wanted, LONGEST_MS);
}
