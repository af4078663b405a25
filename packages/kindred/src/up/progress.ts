/**
 * What a person sees while the platform starts: a line for each step, with the time it took once it is done. On a terminal
 * the line under way is rewritten in place; elsewhere each step is one line.
 */
export interface Progress {
  /** Shows `step` until `work` ends; gives its result. */
  step<T>(step: string, work: () => Promise<T>): Promise<T>;
  /** One more line. */
  say(text: string): void;
}

export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** @param now milliseconds, from any starting point */
export function createProgress(stream: ProgressStream, now: () => number): Progress {
  return {
    say: (text) => void stream.write(`${text}\n`),
    async step(step, work) {
      const started = now();
      if (stream.isTTY === true) stream.write(`${step} …`);
      try {
        const result = await work();
        const took = `${step} (${Math.round(now() - started)} ms)`;
        stream.write(stream.isTTY === true ? `\r${took}   \n` : `${took}\n`);
        return result;
      } catch (error) {
        stream.write(stream.isTTY === true ? '\n' : `${step}: failed\n`);
        throw error;
      }
    },
  };
}
